/// <reference lib="esnext.disposable" />

import type {
  ApiErrorCode,
  AwsBinding,
  AwsBindings as AwsBindingMethods,
  ConnectDetails,
  FeedEvent,
  Reason,
  Region,
  RegionCode,
  Resources,
} from './lib/types.js';

export type * from './lib/input.js';
export type * from './lib/types.js';

/** How to reach Kraiter. */
export interface KraiterOptions {
  /**
   * Kraiter's address, such as `https://kraiter.example.com`. On a page that Kraiter serves: `''`. Defaults to the
   * environment variable `KRAITER_BASE_URL`, except in a browser.
   */
  baseUrl?: string | undefined;
  /**
   * The organisation's API key. Omit it in a browser: requests then use the session's cookie. Elsewhere it defaults to the
   * environment variable `KRAITER_API_KEY`.
   */
  apiKey?: string | undefined;
  /**
   * Maximum automatic retries, from 0 to 10. Defaults to 3. A request is retried after a network error, a 5xx or a 429
   * response, and only if repeating it has no further effect.
   */
  maxRetries?: number | undefined;
  /** Milliseconds after which an attempt fails with the code `timeout`. Defaults to 30,000, and more for a large body. */
  timeout?: number | undefined;
  /** Replaces the platform's `fetch`, for example to use a proxy. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /** Headers of every request, for example for a proxy. Those that the API needs can't be replaced. */
  headers?: Record<string, string> | undefined;
}

/** Options of every method. */
export interface Options {
  /** Aborts the request. The method then rejects with the code `aborted`; the API may have acted on the request. */
  signal?: AbortSignal | undefined;
  /** Replaces the client's `timeout`. */
  timeout?: number | undefined;
}

/** Options of methods that create or send something. */
export interface CreateOptions extends Options {
  /**
   * Identifies the request for 24 hours, 1 to 256 printable ASCII characters. A repeated request with the same key
   * returns the original response and has no further effect. Defaults to a new key for each call. Set your own if your
   * process may end before the response arrives.
   */
  idempotencyKey?: string | undefined;
}

/** A client of one organisation. The first request loads the WebAssembly module. */
export declare class Kraiter {
  constructor(options?: KraiterOptions);
}

/** The resources of a client. */
export interface Kraiter extends Resources {
  /** The connection to the customer's AWS account. */
  readonly awsBinding: AwsBindings;
}

/** The connection to the customer's AWS account. */
export interface AwsBindings extends AwsBindingMethods {
  /** Starts a flow that guides a person from "not connected" to "connected". `free()` or the signal ends it. */
  flow(options?: Pick<Options, 'signal'>): ConnectFlow;
}

/**
 * A running connect-and-verify flow. It polls the connection: often while it expects a stack or a role, rarely while the
 * page is hidden, and immediately when the person or the network comes back.
 *
 * The methods are bound: you can pass them on as they are. None of them throws; a failure is a state.
 */
export interface ConnectFlow extends AsyncIterable<FlowState>, Disposable {
  /** The state to show now. */
  readonly state: FlowState;
  /** Creates the link for a region. */
  readonly start: (region: RegionCode) => void;
  /** Polls now. Verifies a role that needs attention, and retries what failed. */
  readonly retry: () => void;
  /** Stops polling until `start` or `retry` is called. */
  readonly cancel: () => void;
  /** Calls the listener on each change. The returned function unsubscribes it. */
  readonly subscribe: (listener: (state: FlowState) => void) => () => void;
  /** Ends the flow and releases its requests, timers and listeners. */
  readonly free: () => void;
  /**
   * Yields the current state and then each change, until the flow is freed or its signal aborts. A slow consumer misses
   * intermediate states but always gets the latest. Leaving the loop doesn't end the flow.
   */
  [Symbol.asyncIterator](): AsyncGenerator<FlowState, void, undefined>;
}

/** The state of a flow, discriminated by `step`. */
export type FlowState =
  /** Nothing is known yet. */
  | { step: 'loading' }
  /** Kraiter can't be reached. `last` is the state before. */
  | { step: 'offline'; last: FlowState | null }
  /** No account is connected. Call `start` with one of the regions. */
  | { step: 'choose_region'; regions: Region[] }
  /** The person opens the link and creates the stack, or creates a role by hand. */
  | { step: 'open_link'; link: string; details: ConnectDetails; binding: AwsBinding }
  /** The role is being verified. `reason` says why it hasn't worked so far. */
  | { step: 'verifying'; binding: AwsBinding; reason?: Reason }
  /** The connection works. */
  | { step: 'connected'; binding: AwsBinding }
  /** The connection doesn't work, or not completely. `retry` verifies it. */
  | { step: 'needs_attention'; binding: AwsBinding; reason: Reason }
  /** A request failed. `canRetry` is true if a retry may work without any other change. */
  | { step: 'failed'; error: KraiterError; canRetry: boolean }
  /** `cancel` was called, or the signal aborted. */
  | { step: 'cancelled' };

/**
 * The stable code of an error: a code of the API, or one of the SDK's own.
 *
 * - `network_error`: Kraiter can't be reached.
 * - `timeout`: The response didn't arrive in time. The API may have acted on the request.
 * - `aborted`: The signal aborted the request. The API may have acted on it.
 * - `unexpected_response`: The response isn't Kraiter's, for example a proxy's error page.
 * - `module_not_loaded`: The WebAssembly module could not be loaded.
 * - `module_failed`: The WebAssembly module failed.
 * - `invalid_webhook`: A webhook isn't authentic, or too old.
 * - `invalid_url`: `baseUrl` isn't an `https://` URL.
 * - `invalid_option`: An option of the client or of a method is invalid; `field` names it.
 * - `invalid_content`: A file can't be read, or a React component can't be rendered; `field` names it.
 */
export type KraiterErrorCode =
  | ApiErrorCode
  | 'network_error'
  | 'timeout'
  | 'aborted'
  | 'unexpected_response'
  | 'module_not_loaded'
  | 'module_failed'
  | 'invalid_webhook'
  | 'invalid_url'
  | 'invalid_option'
  | 'invalid_content';

/** The error that every method rejects with. */
export declare class KraiterError extends Error {
  constructor(code: KraiterErrorCode, message: string, more?: KraiterErrorFields);
  readonly name: 'KraiterError';
  /** The stable code, for programs. */
  readonly code: KraiterErrorCode;
  /** The invalid field, such as `roleArn` or `to[1]`. */
  readonly field?: string;
  /** The HTTP status. Absent if there was no response, or if the SDK rejected the request before sending it. */
  readonly status?: number;
  /** The request's id, if there was a response. Include it when you contact support. */
  readonly requestId?: string;
  /** How to fix it. */
  readonly help?: string;
  /** AWS's own error code, if AWS responded. */
  readonly awsCode?: string;
}

/** The optional fields of a `KraiterError`. */
export interface KraiterErrorFields {
  /** The invalid field. */
  field?: string | undefined;
  /** The HTTP status. */
  status?: number | undefined;
  /** The request's id. */
  requestId?: string | undefined;
  /** How to fix it. */
  help?: string | undefined;
  /** AWS's own error code. */
  awsCode?: string | undefined;
  /** The value that the platform threw. */
  cause?: unknown;
}

/** What *Send a test event* delivers. It isn't in the feed. */
export interface WebhookTestEvent {
  /** The event's id: the header `webhook-id`. */
  id: string;
  number: 0;
  type: 'webhook.test';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  data: {
    /** The endpoint's id. */
    webhookId: string;
  };
}

/** The body of a webhook, discriminated by `type`. */
export type WebhookEvent = FeedEvent | WebhookTestEvent;

/**
 * Verifies a webhook and returns its event. Rejects with a `KraiterError` with the code `invalid_webhook` if the signature is wrong, or
 * if it was sent more than five minutes ago. Works in every runtime and needs no client.
 *
 * `payload` is the request's body as it came, before any JSON parser; `headers` are those of the request, as a `Headers` or as an
 * object; `secret` is that of the endpoint, beginning with `whsec_`.
 */
export declare function verifyWebhook(
  payload: string | Uint8Array | ArrayBuffer,
  headers: { get(name: string): string | null } | Record<string, string | string[] | undefined>,
  secret: string,
): Promise<WebhookEvent>;

/** Returns whether a thrown value is a `KraiterError`, even one of another copy of the package. */
export declare function isKraiterError(error: unknown): error is KraiterError;
