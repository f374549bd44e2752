/** Stands in for `@kraiter/sdk` until the package builds: the same surface over plain fetch. Not shipped. */

export interface Region { region: string; location: string; optIn: boolean; takesStack: boolean }
export interface Reason { code: string; message: string; help: string }
export interface Quota { max24HourSend: number; maxSendRate: number; sentLast24Hours: number }
export type BindingStatus = 'not_connected' | 'awaiting_stack' | 'verifying' | 'connected' | 'degraded' | 'insecure' | 'disconnected';
export interface AwsBinding {
  status: BindingStatus; awsAccountId: string | null; roleArn: string | null; stackRegion: string | null; externalId: string;
  configurationSet: string | null; eventsActive: boolean; sandbox: boolean | null; quota: Quota | null; reason: Reason | null;
  regions: Region[]; checkedAt: string | null;
}
export type Verification = AwsBinding & { verified: boolean };
export interface ConnectDetails {
  quickCreateUrl: string; stackName: string; externalId: string; kraiterAccountId: string;
  trustPolicy: unknown; permissionsPolicy: unknown; status: BindingStatus;
}
export interface DnsRecord { type: string; name: string; value: string }
export interface Identity {
  id: string; identity: string; type: 'domain' | 'email_address'; region: string; verified: boolean;
  verificationStatus: string; dkimStatus: string | null; dnsRecords: DnsRecord[]; createdAt: string;
}
export interface EmailSummary { id: string; status: string; from: string; to: string[]; subject: string; region: string; createdAt: string }
export interface EmailEvent { type: string; at: string; recipients: string[]; detail: unknown }
export interface Email extends EmailSummary {
  cc: string[]; bcc: string[]; replyTo: string[]; tags: Record<string, string>; sesMessageId: string | null;
  error: { code: string; message: string } | null; events: EmailEvent[];
}
export type FlowError = KraiterError;
export type FlowState =
  | { step: 'loading' }
  | { step: 'offline'; last: FlowState | null }
  | { step: 'choose_region'; regions: Region[] }
  | { step: 'open_link'; link: string; details: ConnectDetails; binding: AwsBinding }
  | { step: 'verifying'; binding: AwsBinding; reason?: Reason }
  | { step: 'connected'; binding: AwsBinding }
  | { step: 'needs_attention'; binding: AwsBinding; reason: Reason }
  | { step: 'failed'; error: FlowError; canRetry: boolean }
  | { step: 'cancelled' };
export interface ConnectFlow {
  readonly state: FlowState;
  start(region: string): void; retry(): void; cancel(): void;
  subscribe(listener: (state: FlowState) => void): () => void;
  free(): void;
}
export interface Options { signal?: AbortSignal }

export class KraiterError extends Error {
  constructor(readonly code: string, message: string, readonly more: { field?: string; status?: number; requestId?: string; help?: string; awsCode?: string } = {}) {
    super(message);
  }
  get field() { return this.more.field; }
  get status() { return this.more.status; }
  get requestId() { return this.more.requestId; }
  get help() { return this.more.help; }
  get awsCode() { return this.more.awsCode; }
}
export const isKraiterError = (error: unknown): error is KraiterError => error instanceof KraiterError;

async function call<T>(method: string, path: string, body?: unknown, opts: Options = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method, credentials: 'same-origin',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(method === 'GET' ? {} : { 'x-kraiter-csrf': '1' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }), ...(opts.signal ? { signal: opts.signal } : {}),
    });
  } catch (error) {
    if (opts.signal?.aborted) throw new KraiterError('aborted', 'The request was aborted.');
    throw new KraiterError('network_error', 'Kraiter could not be reached.', { help: 'Check the network connection.' });
  }
  if (response.status === 204) return undefined as T;
  const json = await response.json();
  if (!response.ok) throw new KraiterError(json.code, json.detail, { field: json.field, status: response.status, requestId: json.requestId, help: json.help, awsCode: json.awsCode });
  return json as T;
}

class Flow implements ConnectFlow {
  state: FlowState = { step: 'loading' };
  private listeners = new Set<(state: FlowState) => void>();
  private timer = 0;
  private details: ConnectDetails | null = null;
  private freed = false;
  constructor() { for (const name of ['start', 'retry', 'cancel', 'subscribe', 'free'] as const) Object.assign(this, { [name]: this[name].bind(this) }); void this.poll(); }
  private set(state: FlowState) { if (this.freed) return; this.state = state; for (const listener of this.listeners) listener(state); }
  private async poll() {
    clearTimeout(this.timer);
    try {
      const binding = await call<AwsBinding>('GET', '/v1/aws-binding');
      if (binding.status === 'awaiting_stack' && !this.details) this.details = await call<ConnectDetails>('POST', '/v1/aws-binding/connect', { region: binding.stackRegion });
      this.set(this.from(binding));
    } catch (error) {
      const e = error as KraiterError;
      if (e.code === 'network_error') this.set({ step: 'offline', last: this.state.step === 'offline' ? this.state.last : this.state });
      else this.set({ step: 'failed', error: e, canRetry: true });
    }
    if (!this.freed) this.timer = window.setTimeout(() => void this.poll(), 1000);
  }
  private from(binding: AwsBinding): FlowState {
    switch (binding.status) {
      case 'not_connected': case 'disconnected': this.details = null; return { step: 'choose_region', regions: binding.regions };
      case 'awaiting_stack': return { step: 'open_link', link: this.details!.quickCreateUrl, details: this.details!, binding };
      case 'verifying': return { step: 'verifying', binding, ...(binding.reason ? { reason: binding.reason } : {}) };
      case 'connected': return { step: 'connected', binding };
      default: return { step: 'needs_attention', binding, reason: binding.reason! };
    }
  }
  start(region: string) {
    call<ConnectDetails>('POST', '/v1/aws-binding/connect', { region }).then((details) => { this.details = details; return this.poll(); })
      .catch((e: KraiterError) => this.set({ step: 'failed', error: e, canRetry: true }));
  }
  retry() { void this.poll(); }
  cancel() { clearTimeout(this.timer); this.set({ step: 'cancelled' }); }
  subscribe(listener: (state: FlowState) => void) { this.listeners.add(listener); return () => { this.listeners.delete(listener); }; }
  free() { this.freed = true; clearTimeout(this.timer); this.listeners.clear(); }
}

export interface EmailPage { data: EmailSummary[]; nextCursor: string | null }
export interface SendEmail {
  from: string; to: string | string[]; cc?: string | string[]; bcc?: string | string[]; replyTo?: string | string[];
  subject: string; html?: string; text?: string; headers?: Record<string, string>; tags?: Record<string, string>; region?: string;
}

export class Kraiter {
  constructor(_options: { baseUrl: string; apiKey?: string }) {}
  readonly awsBinding = {
    get: (opts?: Options) => call<AwsBinding>('GET', '/v1/aws-binding', undefined, opts),
    connect: (body: { region: string }, opts?: Options) => call<ConnectDetails>('POST', '/v1/aws-binding/connect', body, opts),
    create: (body: { awsAccountId: string; roleArn: string; externalId: string; stackRegion: string }, opts?: Options) => call<AwsBinding>('POST', '/v1/aws-binding', body, opts),
    verify: (opts?: Options) => call<Verification>('POST', '/v1/aws-binding/verify', {}, opts),
    disconnect: (opts?: Options) => call<AwsBinding>('DELETE', '/v1/aws-binding', undefined, opts),
    flow: (_opts?: Options): ConnectFlow => new Flow(),
  };
  readonly identities = {
    create: (body: { identity: string; region?: string }, opts?: Options) => call<Identity>('POST', '/v1/identities', body, opts),
    get: (id: string, opts?: Options) => call<Identity>('GET', `/v1/identities/${id}`, undefined, opts),
    list: (opts?: Options) => call<{ data: Identity[] }>('GET', '/v1/identities', undefined, opts),
  };
  readonly emails = {
    send: (body: SendEmail, opts?: Options) => call<{ id: string; status: string }>('POST', '/v1/emails', body, opts),
    get: (id: string, opts?: Options) => call<Email>('GET', `/v1/emails/${id}`, undefined, opts),
    list: (page: { limit?: number; cursor?: string } = {}, opts?: Options) => {
      const query = new URLSearchParams();
      if (page.limit) query.set('limit', String(page.limit));
      if (page.cursor) query.set('cursor', page.cursor);
      return call<{ data: EmailSummary[]; nextCursor: string | null }>('GET', `/v1/emails?${query}`, undefined, opts);
    },
  };
  readonly session = {
    create: (apiKey: string, opts?: Options) => call<{ organisation: { id: string; name: string } }>('POST', '/v1/session', { apiKey }, opts),
    get: (opts?: Options) => call<{ organisation: { id: string; name: string } }>('GET', '/v1/session', undefined, opts),
    end: (opts?: Options) => call<void>('DELETE', '/v1/session', undefined, opts),
  };
}
