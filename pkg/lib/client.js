import { Client } from '../dist/kraiter.js';
import { KraiterError, toError } from './error.js';
import { customFetch } from './fetch.js';
import { ConnectFlow } from './flow.js';
import { load } from './module.js';
import { pages } from './pages.js';
import { resources } from './resources.js';

/**
 * The client. Each entry passes its `platform`: the `source` of the WebAssembly module, and `help` if that fails. Those of servers also have
 * a `system`.
 */
export class PlatformKraiter {
  constructor(options = {}, platform) {
    const { system } = platform;
    const { baseUrl = system?.variable('KRAITER_BASE_URL'), apiKey = system?.variable('KRAITER_API_KEY') } = options;
    const { maxRetries = 3, timeout, fetch, headers } = options;
    const base = address(baseUrl);
    const limits = [wholeNumber('maxRetries', maxRetries, 0, 10), milliseconds(timeout)];
    const requests = [headersOf(headers), fetch && customFetch(fetch)];
    let client;
    const ready = async () => {
      await load(platform);
      client ??= new Client(base, apiKey, ...limits, ...requests);
      return client;
    };
    const call = async (route, { path = '', query, body, options }) => {
      const own = milliseconds(options?.timeout);
      const loaded = await ready();
      const json = isPlain(body)
        ? body
        : await (await import('./prepare.js')).prepare(body, { fetch, timeout, system, options });
      try {
        const { value, ...lastResponse } = await loaded.call(
          route,
          path,
          search(query),
          json,
          options?.idempotencyKey,
          options?.signal,
          own,
        );
        return typeof value === 'object'
          ? Object.defineProperty(value, 'lastResponse', { value: lastResponse })
          : value;
      } catch (rejection) {
        if (rejection?.error) throw toError(rejection.error, rejection.cause);
        throw new KraiterError('module_failed', 'The WebAssembly module of @kraiter/sdk failed.', { cause: rejection });
      }
    };
    Object.assign(this, resources(call, pages(call)));
    this.awsBinding.flow = (options) => new ConnectFlow(ready, options?.signal);
  }
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Returns the API's address without a trailing slash, or '' for the page's origin. A key is never sent unencrypted. */
function address(baseUrl) {
  if (baseUrl === '') return '';
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.includes(url.hostname));
  if (!safe || url.username || url.password || url.search || url.hash) {
    throw new KraiterError('invalid_url', '"baseUrl" must be an https:// URL. Plain http:// works only on loopback.', {
      field: 'baseUrl',
      help: 'Set the whole URL, such as https://kraiter.example.com.',
    });
  }
  return url.href.replace(/\/+$/, '');
}

function wholeNumber(field, number, least, most) {
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new KraiterError('invalid_option', `"${field}" must be a whole number from ${least} to ${most}.`, { field });
}

/** Returns a timeout, or undefined for the default. A day is longer than any request. */
const milliseconds = (timeout) => (timeout === undefined ? timeout : wholeNumber('timeout', timeout, 1, 86_400_000));

function headersOf(headers) {
  try {
    return new Headers(headers);
  } catch (cause) {
    throw new KraiterError('invalid_option', '"headers" must have valid names and values.', {
      field: 'headers',
      cause,
    });
  }
}

/** Serializes a query. An array becomes a repeated parameter. The API refuses an invalid date. */
function search(parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters)) {
    if (values !== undefined) for (const value of [values].flat()) query.append(name, value?.toJSON?.() ?? value);
  }
  return `${query}`;
}

/** Returns whether a body is JSON as it is: without a React component, files or dates. */
function isPlain(body) {
  if (typeof body !== 'object' || body === null) return true;
  if (Array.isArray(body.emails)) return body.emails.every(isPlain);
  const isBase64 = (file) => typeof file?.content === 'string';
  const { react, attachments } = body;
  return (
    !react && (attachments?.every?.(isBase64) ?? true) && !Object.values(body).some((value) => value instanceof Date)
  );
}
