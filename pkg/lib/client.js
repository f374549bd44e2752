import { Client } from '../dist/kraiter.js';
import { KraiterError, toError } from './error.js';
import { ConnectFlow } from './flow.js';
import { load } from './module.js';
import { resources } from './resources.js';

/** The client. Each entry passes its `platform`: the `source` of the WebAssembly module, and `help` if that fails. */
export class PlatformKraiter {
  constructor({ baseUrl, apiKey, maxRetries = 3 }, platform) {
    const base = address(baseUrl);
    const retries = retryLimit(maxRetries);
    let client;
    const ready = async () => {
      await load(platform);
      client ??= new Client(base, apiKey, retries);
      return client;
    };
    const call = async (route, { path = '', query, body, options }) => {
      const loaded = await ready();
      try {
        return await loaded.call(route, path, search(query), body, options?.idempotencyKey, options?.signal);
      } catch (rejection) {
        if (rejection?.error) throw toError(rejection.error, rejection.cause);
        throw new KraiterError('module_failed', 'The WebAssembly module of @kraiter/sdk failed.', { cause: rejection });
      }
    };
    Object.assign(this, resources(call));
    this.events.list = (query, options) => events(this.events.page, query, options);
    this.awsBinding.flow = (options) => new ConnectFlow(ready, options?.signal);
  }
}

/** Yields events page by page, until the newest one. */
async function* events(page, { after = 0, limit } = {}, options) {
  for (;;) {
    const { data } = await page({ after, limit }, options);
    if (data.length === 0) return;
    yield* data;
    after = data.at(-1).number;
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

function retryLimit(retries) {
  if (Number.isInteger(retries) && retries >= 0 && retries <= 10) return retries;
  throw new KraiterError('invalid_max_retries', '"maxRetries" must be a whole number from 0 to 10.', {
    field: 'maxRetries',
  });
}

/** Serializes a query. An array becomes a repeated parameter. */
function search(parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters)) {
    if (values !== undefined) for (const value of [values].flat()) query.append(name, value);
  }
  return `${query}`;
}
