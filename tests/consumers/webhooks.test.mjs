import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, mock, test } from 'node:test';

import { Webhook, WebhookVerificationError } from 'standardwebhooks';

import { project, root } from './project.mjs';

let verifyWebhook;
let vector;
before(async () => {
  const folder = await project('node');
  ({ verifyWebhook } = await import(join(folder, 'node_modules', '@kraiter', 'sdk', 'dist', 'server.js')));
  vector = JSON.parse(await readFile(join(root, 'tests', 'vectors', 'webhook.json'), 'utf8'));
});

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const BODY = JSON.stringify({ id: 'evt_1', type: 'email.sent', data: { subject: 'Grüße' } });

/** Returns the headers of a webhook that the library signs. */
function signed({ secret = SECRET, at = new Date(), id = 'evt_1' } = {}) {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, BODY),
  };
}

const rejected = { name: 'KraiterError', code: 'invalid_webhook' };

test('a webhook that the standardwebhooks package signs is accepted', async () => {
  const event = JSON.parse(BODY);
  assert.deepEqual(await verifyWebhook(BODY, signed(), SECRET), event);
  assert.deepEqual(await verifyWebhook(Buffer.from(BODY), new Headers(signed()), SECRET), event);
  const upper = Object.fromEntries(Object.entries(signed()).map(([name, value]) => [name.toUpperCase(), [value]]));
  assert.deepEqual(await verifyWebhook(new TextEncoder().encode(BODY).buffer, upper, SECRET), event);
});

test('while a secret is replaced, each of both verifies', async () => {
  const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
  const headers = signed();
  headers['webhook-signature'] += ` ${signed({ secret: other })['webhook-signature']} v1a,unknown`;
  for (const secret of [SECRET, other]) assert.equal((await verifyWebhook(BODY, headers, secret)).id, 'evt_1');
});

test('a webhook with another body, id, time, secret or signature is rejected', async () => {
  const headers = signed();
  const minutes = (count) => new Date(Date.now() + count * 60_000);
  for (const [body, changed, secret] of [
    [`${BODY} `, headers, SECRET],
    [BODY, { ...headers, 'webhook-id': 'evt_2' }, SECRET],
    [BODY, { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) }, SECRET],
    [BODY, { ...headers, 'webhook-timestamp': 'now' }, SECRET],
    [BODY, { ...headers, 'webhook-signature': 'v1,AAAA' }, SECRET],
    [BODY, { ...headers, 'webhook-signature': headers['webhook-signature'].replace('v1,', 'v2,') }, SECRET],
    [BODY, signed({ at: minutes(-6) }), SECRET],
    [BODY, signed({ at: minutes(6) }), SECRET],
    [BODY, headers, `whsec_${Buffer.alloc(32, 9).toString('base64')}`],
    [BODY, headers, 'not a secret'],
    [BODY, headers, ''],
    [BODY, {}, SECRET],
  ]) {
    await assert.rejects(verifyWebhook(body, changed, secret), rejected);
  }
});

test("the standardwebhooks package and the SDK accept Kraiter's own signature", async () => {
  const headers = {
    'webhook-id': vector.id,
    'webhook-timestamp': String(vector.timestamp),
    'webhook-signature': vector.signature,
  };
  mock.timers.enable({ apis: ['Date'], now: vector.timestamp * 1000 });
  try {
    const event = JSON.parse(vector.body);
    assert.deepEqual(new Webhook(vector.secret).verify(vector.body, headers), event);
    assert.deepEqual(await verifyWebhook(vector.body, headers, vector.secret), event);
    assert.throws(() => new Webhook(SECRET).verify(vector.body, headers), WebhookVerificationError);
  } finally {
    mock.timers.reset();
  }
});
