import { Client, Route } from '../dist/kraiter.js';
import { KraiterError, toError } from './error.js';
import { ConnectFlow } from './flow.js';
import { load } from './module.js';

/** The client. Each platform's entry passes a `source` that returns the WebAssembly module. */
export class PlatformKraiter {
  constructor({ baseUrl, apiKey, maxRetries = 3 }, source) {
    const base = address(baseUrl);
    const retries = retryLimit(maxRetries);
    let client;
    const ready = async () => {
      await load(source);
      client ??= new Client(base, apiKey, retries);
      return client;
    };
    const call = async (route, argument, body, options) => {
      const loaded = await ready();
      try {
        return await loaded.call(route, argument, body, options?.idempotencyKey, options?.signal);
      } catch (rejection) {
        if (rejection?.error) throw toError(rejection.error, rejection.cause);
        throw new KraiterError('module_failed', 'The WebAssembly module of @kraiter/sdk failed.', { cause: rejection });
      }
    };

    this.awsBinding = {
      get: (options) => call(Route.GetAwsBinding, '', undefined, options),
      connect: (region, options) => call(Route.ConnectAws, '', region, options),
      create: (role, options) => call(Route.CreateAwsBinding, '', role, options),
      verify: (options) => call(Route.VerifyAwsBinding, '', {}, options),
      audit: (options) => call(Route.AuditAwsBinding, '', {}, options),
      setUpEvents: (events, options) => call(Route.SetUpEvents, '', events ?? {}, options),
      disconnect: (options) => call(Route.DeleteAwsBinding, '', undefined, options),
      flow: (options) => new ConnectFlow(ready, options?.signal),
    };
    this.identities = {
      create: (identity, options) => call(Route.CreateIdentity, '', identity, options),
      get: (id, options) => call(Route.GetIdentity, `${id}`, undefined, options),
      list: (parameters, options) => call(Route.ListIdentities, query(parameters), undefined, options),
      delete: (id, options) => call(Route.DeleteIdentity, `${id}`, undefined, options),
      setDkim: (id, dkim, options) => call(Route.SetIdentityDkim, `${id}`, dkim, options),
      checkDns: (id, options) => call(Route.CheckIdentityDns, `${id}`, undefined, options),
      zoneFile: (id, options) => call(Route.GetIdentityZone, `${id}`, undefined, options),
    };
    this.templates = {
      create: (template, options) => call(Route.CreateTemplate, '', template, options),
      get: (id, version, options) => call(Route.GetTemplate, `${id}?${query(version)}`, undefined, options),
      list: (parameters, options) => call(Route.ListTemplates, query(parameters), undefined, options),
      update: (id, template, options) => call(Route.UpdateTemplate, `${id}`, template, options),
      delete: (id, options) => call(Route.DeleteTemplate, `${id}`, undefined, options),
      preview: (id, sample = {}, options) => call(Route.PreviewTemplate, `${id}`, sample, options),
      previewDraft: (draft, options) => call(Route.PreviewDraft, '', draft, options),
    };
    this.emails = {
      send: (email, options) => call(Route.SendEmail, '', email, options),
      batch: (emails, options) => call(Route.SendBatch, '', { emails }, options),
      get: (id, options) => call(Route.GetEmail, `${id}`, undefined, options),
      list: (parameters, options) => call(Route.ListEmails, query(parameters), undefined, options),
      cancel: (id, options) => call(Route.CancelEmail, `${id}`, undefined, options),
    };
    this.sending = {
      get: (options) => call(Route.GetSending, '', undefined, options),
      reputation: (options) => call(Route.GetReputation, '', undefined, options),
    };
    this.suppressions = {
      list: (parameters, options) => call(Route.ListSuppressions, query(parameters), undefined, options),
      create: (suppression, options) => call(Route.CreateSuppression, '', suppression, options),
      get: (address, options) => call(Route.GetSuppression, `${address}`, undefined, options),
      delete: (address, options) => call(Route.DeleteSuppression, `${address}`, undefined, options),
      importCsv: (csv, options) => call(Route.ImportSuppressions, '', `${csv}`, options),
      exportCsv: (options) => call(Route.ExportSuppressions, '', undefined, options),
    };
    this.apiKeys = {
      list: (options) => call(Route.ListApiKeys, '', undefined, options),
      create: (key, options) => call(Route.CreateApiKey, '', key, options),
      delete: (id, options) => call(Route.DeleteApiKey, `${id}`, undefined, options),
    };
    this.session = {
      create: (apiKey, options) => call(Route.CreateSession, '', { apiKey }, options),
      get: (options) => call(Route.GetSession, '', undefined, options),
      end: (options) => call(Route.EndSession, '', undefined, options),
    };
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
function query(parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters)) {
    if (values !== undefined) for (const value of [values].flat()) query.append(name, value);
  }
  return `${query}`;
}
