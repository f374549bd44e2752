// POST /webhooks/sns/{token}: verifies a message of SNS with WebCrypto and stores its SES event.

import { problem } from './emails.mjs';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const SIGNED = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
const keys = new Map();

export async function receive(request, env) {
  const token = new URL(request.url).pathname.split('/').pop();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(token))).toHex();
  const webhook = await env.DB.prepare('SELECT organisation_id, topic_arn FROM webhooks WHERE token_digest = ?')
    .bind(digest)
    .first();
  if (!webhook) return problem(404, 'not_found');
  const message = await request.json();
  if (message.TopicArn !== webhook.topic_arn || !(await isSigned(message, env))) return problem(403, 'forbidden');
  if (message.Type !== 'Notification') return new Response(null, { status: 200 });
  const event = JSON.parse(message.Message);
  const id = event.mail.tags['kraiter-message-id'][0];
  const kind = event.eventType.toLowerCase();
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO email_events (sns_message_id, email_id, type, at, detail) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    ).bind(message.MessageId, id, kind, event[kind]?.timestamp ?? event.mail.timestamp, JSON.stringify(event[kind])),
    env.DB.prepare('UPDATE emails SET status = ? WHERE id = ? AND organisation_id = ?').bind(
      kind,
      id,
      webhook.organisation_id,
    ),
  ]);
  return new Response(null, { status: 200 });
}

/** Checks a message's age and signature. */
export async function isSigned(message, env) {
  const age = Date.now() - Date.parse(message.Timestamp);
  if (!(age < 3_600_000)) return false;
  const hash = message.SignatureVersion === '1' ? 'SHA-1' : 'SHA-256';
  const signed = SIGNED.filter((name) => message[name] !== undefined).map((name) => `${name}\n${message[name]}\n`);
  return crypto.subtle.verify(
    'RSASSA-PKCS1-v1_5',
    await signingKey(message.SigningCertURL, hash, env),
    Uint8Array.fromBase64(message.Signature),
    encoder.encode(signed.join('')),
  );
}

/** Returns the public key of a certificate, which is downloaded once. */
function signingKey(url, hash, env) {
  const isAws = /^https:\/\/sns\.[a-z0-9-]+\.amazonaws\.com\/SimpleNotificationService-[0-9a-f]+\.pem$/.test(url);
  if (!isAws && !url.startsWith(`${env.AWS_ENDPOINT_URL}/`)) throw new Error('not a certificate of SNS');
  const name = `${hash} ${url}`;
  let key = keys.get(name);
  if (!key) {
    key = download(url, hash);
    keys.set(name, key);
    // The next message tries again.
    key.catch(() => keys.delete(name));
  }
  return key;
}

async function download(url, hash) {
  const pem = decoder.decode(await (await fetch(url)).bytes());
  const der = Uint8Array.fromBase64(pem.replace(/-----[^-]+-----|\s/g, ''));
  return crypto.subtle.importKey('spki', publicKey(der), { name: 'RSASSA-PKCS1-v1_5', hash }, false, ['verify']);
}

/** Returns the SubjectPublicKeyInfo of a certificate: the sixth field of TBSCertificate after the optional version. */
function publicKey(der) {
  const header = (at) => {
    const short = der[at + 1];
    if (short < 0x80) return { start: at + 2, end: at + 2 + short };
    const bytes = short & 0x7f;
    let length = 0;
    for (let i = 0; i < bytes; i++) length = length * 256 + der[at + 2 + i];
    return { start: at + 2 + bytes, end: at + 2 + bytes + length };
  };
  let at = header(header(0).start).start;
  if (der[at] === 0xa0) at = header(at).end;
  for (let field = 0; field < 5; field++) at = header(at).end;
  return der.slice(at, header(at).end);
}
