// POST /v1/emails and GET /v1/emails as the Workers that the benchmark compares with implement them. Only the call to SES differs
// between them.

const encoder = new TextEncoder();

async function sha256(text) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
  return digest.toHex();
}

/** Returns the organisation of the request's API key, or null. */
export async function authenticate(request, env) {
  const key = request.headers.get('authorization')?.match(/^Bearer (\S+)$/)?.[1];
  if (!key) return null;
  return env.DB.prepare(
    'SELECT o.* FROM api_keys k JOIN organisations o ON o.id = k.organisation_id WHERE k.digest = ?',
  )
    .bind(await sha256(key))
    .first();
}

/** Sends an email. `send(env, organisation, email)` calls SES and returns its message ID. */
export async function sendEmail(request, env, send) {
  const organisation = await authenticate(request, env);
  if (!organisation) return problem(401, 'unauthenticated');
  const text = await request.text();
  let email;
  try {
    email = parse(JSON.parse(text));
  } catch (error) {
    return problem(400, 'invalid_request', error.message);
  }
  const key = request.headers.get('idempotency-key');
  return key
    ? sendOnce(env, organisation, email, key, await sha256(text), send)
    : sendNow(env, organisation, email, send);
}

function parse({ from, to, subject, html, text }) {
  const recipients = [to].flat();
  if (typeof from !== 'string' || typeof subject !== 'string' || !(html || text)) {
    throw new Error('from, subject, and html or text are required');
  }
  if (recipients.length < 1 || recipients.length > 50 || !recipients.every((to) => /^[^\s@]+@[^\s@]+$/.test(to))) {
    throw new Error('to must be 1 to 50 addresses');
  }
  return { id: crypto.randomUUID(), from, to: recipients, subject, html, text };
}

async function sendNow(env, organisation, email, send) {
  const suppressed = await suppressedStatement(env, organisation, email).all();
  if (suppressed.results.length > 0) return problem(422, 'suppressed');
  await insertStatement(env, organisation, email).run();
  const result = await attempt(env, organisation, email, send);
  await updateStatement(env, email, result).run();
  return Response.json({ id: email.id, status: result.status }, { status: 202 });
}

/** Sends an email once per idempotency key: the request that inserts the key's row sends, all others get the stored response. */
async function sendOnce(env, organisation, email, key, fingerprint, send) {
  const [claim, suppressed] = await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO idempotency_keys (organisation_id, key, fingerprint, created_at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    ).bind(organisation.id, key, fingerprint, Date.now()),
    suppressedStatement(env, organisation, email),
  ]);
  if (claim.meta.changes === 0) return replay(env, organisation, key, fingerprint);
  if (suppressed.results.length > 0) {
    const body = JSON.stringify({ code: 'suppressed' });
    await completeStatement(env, organisation, key, 422, body).run();
    return json(422, body);
  }
  await insertStatement(env, organisation, email).run();
  const result = await attempt(env, organisation, email, send);
  const body = JSON.stringify({ id: email.id, status: result.status });
  await env.DB.batch([updateStatement(env, email, result), completeStatement(env, organisation, key, 202, body)]);
  return json(202, body);
}

async function replay(env, organisation, key, fingerprint) {
  const stored = await env.DB.prepare(
    'SELECT fingerprint, status, response FROM idempotency_keys WHERE organisation_id = ? AND key = ?',
  )
    .bind(organisation.id, key)
    .first();
  if (stored.fingerprint !== fingerprint) return problem(422, 'idempotency_key_reused');
  return stored.response ? json(stored.status, stored.response) : problem(409, 'request_in_progress');
}

async function attempt(env, organisation, email, send) {
  try {
    return { status: 'sent', messageId: await send(env, organisation, email), error: null };
  } catch (error) {
    return { status: 'failed', messageId: null, error: String(error.message) };
  }
}

function suppressedStatement(env, organisation, email) {
  const places = email.to.map(() => '?').join(', ');
  return env.DB.prepare(`SELECT address FROM suppressions WHERE organisation_id = ? AND address IN (${places})`).bind(
    organisation.id,
    ...email.to.map((address) => address.toLowerCase()),
  );
}

function insertStatement(env, organisation, email) {
  return env.DB.prepare(
    `INSERT INTO emails (id, organisation_id, status, sender, recipients, subject, created_at)
     VALUES (?, ?, 'sending', ?, ?, ?, ?)`,
  ).bind(email.id, organisation.id, email.from, JSON.stringify(email.to), email.subject, Date.now());
}

function updateStatement(env, email, { status, messageId, error }) {
  return env.DB.prepare('UPDATE emails SET status = ?, ses_message_id = ?, error = ? WHERE id = ?').bind(
    status,
    messageId,
    error,
    email.id,
  );
}

function completeStatement(env, organisation, key, status, response) {
  return env.DB.prepare(
    'UPDATE idempotency_keys SET status = ?, response = ? WHERE organisation_id = ? AND key = ?',
  ).bind(status, response, organisation.id, key);
}

/** Returns the newest emails. */
export async function listEmails(request, env) {
  const organisation = await authenticate(request, env);
  if (!organisation) return problem(401, 'unauthenticated');
  const { results } = await env.DB.prepare(
    'SELECT * FROM emails WHERE organisation_id = ? ORDER BY created_at DESC LIMIT 20',
  )
    .bind(organisation.id)
    .all();
  const data = results.map((row) => ({
    id: row.id,
    status: row.status,
    from: row.sender,
    to: JSON.parse(row.recipients),
    subject: row.subject,
    sesMessageId: row.ses_message_id,
    createdAt: new Date(row.created_at).toISOString(),
  }));
  return Response.json({ data });
}

/** Returns the SES request for an email, in the form that the API and the AWS SDK share. */
export function sesRequest(organisation, email) {
  const body = {};
  if (email.html) body.Html = { Data: email.html };
  if (email.text) body.Text = { Data: email.text };
  return {
    FromEmailAddress: email.from,
    Destination: { ToAddresses: email.to },
    Content: { Simple: { Subject: { Data: email.subject }, Body: body } },
    ConfigurationSetName: organisation.configuration_set,
    EmailTags: [{ Name: 'kraiter-message-id', Value: email.id }],
  };
}

/** Remembers `load(key)`'s value until one minute before its `expiration`. Concurrent callers share one load. */
export function cacheUntilExpiry(load) {
  const entries = new Map();
  return async (key, ...rest) => {
    const entry = entries.get(key);
    if (entry && (entry.value === undefined || entry.value.expiration - Date.now() > 60_000)) return entry.promise;
    const created = { promise: load(key, ...rest), value: undefined };
    entries.set(key, created);
    try {
      created.value = await created.promise;
    } catch (error) {
      entries.delete(key);
      throw error;
    }
    return created.value;
  };
}

/** Routes a request and logs one line about it. */
export function router(send, routes = {}) {
  return async (request, env) => {
    const start = Date.now();
    const { pathname } = new URL(request.url);
    let response;
    if (request.method === 'POST' && pathname === '/v1/emails') response = await sendEmail(request, env, send);
    else if (request.method === 'GET' && pathname === '/v1/emails') response = await listEmails(request, env);
    else if (request.method === 'GET' && pathname === '/healthz') response = new Response('ok');
    else {
      const route = Object.keys(routes).find((prefix) => pathname.startsWith(prefix));
      response = route ? await routes[route](request, env) : problem(404, 'not_found');
    }
    console.log(
      JSON.stringify({ method: request.method, path: pathname, status: response.status, ms: Date.now() - start }),
    );
    return response;
  };
}

export function problem(status, code, detail) {
  return Response.json({ code, detail }, { status });
}

function json(status, body) {
  return new Response(body, { status, headers: { 'content-type': 'application/json' } });
}
