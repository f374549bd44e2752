/** Verifies webhooks as in Standard Webhooks, without a client and without the WebAssembly module. */

import { KraiterError } from './error.js';

/** A webhook may be this old, or this far in the future, in seconds. */
const TOLERANCE = 5 * 60;

const fail = (message, help) => {
  throw new KraiterError('invalid_webhook', message, help === undefined ? {} : { help });
};

/** Returns a header, whatever holds the headers. */
function header(headers, name) {
  if (typeof headers?.get === 'function') return headers.get(name);
  const key = Object.keys(headers ?? {}).find((key) => key.toLowerCase() === name);
  return key === undefined ? null : [headers[key]].flat()[0];
}

function bytes(base64) {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

export async function verifyWebhook(payload, headers, secret) {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    header(headers, name),
  );
  if (!id || !timestamp || !signatures)
    fail('The headers webhook-id, webhook-timestamp or webhook-signature are missing.');
  const age = Date.now() / 1000 - Number(timestamp);
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(age) > TOLERANCE)
    fail('The webhook is too old or from the future.', 'Check the clock of your server.');
  const body = typeof payload === 'string' ? new TextEncoder().encode(payload) : new Uint8Array(payload);
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const message = new Uint8Array(head.length + body.length);
  message.set(head);
  message.set(body, head.length);
  const key = bytes(`${secret}`.replace(/^whsec_/, ''));
  if (key.length === 0) fail('The secret is not that of a webhook endpoint.', 'It begins with whsec_.');
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['verify']);
  for (const part of signatures.split(' ')) {
    const [version, signature] = part.split(',', 2);
    if (version !== 'v1' || !signature) continue;
    // Compares in constant time.
    if (await crypto.subtle.verify('HMAC', imported, bytes(signature), message)) {
      return JSON.parse(new TextDecoder().decode(body));
    }
  }
  return fail('The signature is wrong.', "Pass the request's body as it came, and the secret of this endpoint.");
}
