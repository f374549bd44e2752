import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { createElement } from 'react';

import { fakeApi } from './fake-api.mjs';
import { project, root, run } from './project.mjs';

const BASE = 'https://kraiter.example.com';
const EMAIL = { from: 'a@example.com', to: 'b@example.com', subject: 'Hello' };

let folder;
let installed;
let Kraiter;
before(async () => {
  folder = await project('features');
  installed = join(folder, 'node_modules', '@kraiter', 'sdk');
  // Under another name in this repository, because other consumers don't have it.
  await mkdir(join(folder, 'node_modules', '@react-email'));
  await symlink(
    join(root, 'node_modules', 'react-email-render'),
    join(folder, 'node_modules', '@react-email', 'render'),
  );
  ({ Kraiter } = await import(join(installed, 'dist', 'server.js')));
});

/** Returns a client and what it has requested. `respond` returns the body of each response, or a Response. */
function client(respond = () => ({ id: 'eml_1', status: 'sent' }), options = {}) {
  const requests = [];
  const fetch = async (url, init) => {
    requests.push({ url: url.slice(BASE.length), ...init, body: init.body && JSON.parse(init.body) });
    const response = await respond(requests.at(-1));
    return response instanceof Response ? response : Response.json(response, { headers: { 'x-request-id': 'req_1' } });
  };
  return { kraiter: new Kraiter({ baseUrl: BASE, apiKey: 'kr_test', fetch, ...options }), requests };
}

/** Reads an iterable to its end. */
async function all(list) {
  const items = [];
  for await (const item of list) items.push(item);
  return items;
}

/** Returns the email that is sent for one with these fields. */
async function sent(fields, options) {
  const { kraiter, requests } = client(undefined, options);
  await kraiter.emails.send({ ...EMAIL, ...fields });
  return requests.at(-1).body;
}

/** Expects an error of the package. */
const rejects = (promise, code, field) =>
  assert.rejects(promise, (error) => {
    assert.deepEqual([error.name, error.code, error.field], ['KraiterError', code, field]);
    return true;
  });

const LISTS = {
  emails: (kraiter, query) => kraiter.emails.list(query),
  templates: (kraiter, query) => kraiter.templates.list(query),
  suppressions: (kraiter, query) => kraiter.suppressions.list(query),
  identities: (kraiter, query) => kraiter.identities.list(query),
  'aws-calls': (kraiter, query) => kraiter.awsCalls.list(query),
  requests: (kraiter, query) => kraiter.requests.list(query),
  'webhooks/whk_1/deliveries': (kraiter, query) => kraiter.webhooks.deliveries('whk_1', query),
};

for (const [path, list] of Object.entries(LISTS)) {
  test(`a list is one page when it is awaited, and all items when it is iterated: ${path}`, async () => {
    const pages = { null: [[1, 2], 'b'], b: [[], 'c'], c: [[3], null] };
    const { kraiter, requests } = client(({ url }) => {
      const [data, nextCursor] = pages[new URL(url, BASE).searchParams.get('cursor')];
      return { data, nextCursor };
    });
    assert.deepEqual(await list(kraiter, { limit: 2 }), { data: [1, 2], nextCursor: 'b' });
    assert.equal(requests.length, 1);
    assert.deepEqual(await all(list(kraiter, { limit: 2 })), [1, 2, 3]);
    assert.deepEqual(
      requests.slice(1).map(({ url }) => url),
      ['', '&cursor=b', '&cursor=c'].map((cursor) => `/v1/${path}?limit=2${cursor}`),
    );
  });
}

test('a list without pages is iterated, too', async () => {
  for (const list of ['webhooks', 'apiKeys', 'regions']) {
    const { kraiter, requests } = client(() => ({ data: [1, 2] }));
    assert.deepEqual(await all(kraiter[list].list()), [1, 2]);
    assert.equal(requests.length, 1);
  }
});

test('events are iterated from a number until the newest one', async () => {
  const { kraiter, requests } = client(({ url }) => {
    const after = Number(new URL(url, BASE).searchParams.get('after'));
    return {
      data: [1, 2, 3]
        .filter((number) => number > after)
        .slice(0, 2)
        .map((number) => ({ number })),
      newestNumber: 3,
    };
  });
  assert.deepEqual(await all(kraiter.events.list({ after: 0 })), [{ number: 1 }, { number: 2 }, { number: 3 }]);
  assert.deepEqual(await all(kraiter.events.list({ after: 3 })), []);
  assert.deepEqual(
    requests.map(({ url }) => url),
    [0, 2, 3].map((after) => `/v1/events?after=${after}`),
  );
});

test('an error on a later page ends the iteration', async () => {
  const { kraiter } = client(({ url }) =>
    url.includes('cursor')
      ? Response.json({ code: 'not_found', detail: 'x' }, { status: 404 })
      : { data: [1], nextCursor: 'b' },
  );
  const seen = [];
  const iteration = async () => {
    for await (const item of kraiter.emails.list()) seen.push(item);
  };
  await rejects(iteration(), 'not_found', undefined);
  assert.deepEqual(seen, [1]);
});

test('dates are sent in RFC 3339, and an invalid one never sends an email now', async () => {
  const at = new Date('2026-12-24T18:00:00Z');
  assert.equal((await sent({ text: 'x', scheduledAt: at })).scheduledAt, '2026-12-24T18:00:00.000Z');
  assert.equal((await sent({ text: 'x', scheduledAt: new Date('tomorrow') })).scheduledAt, 'Invalid Date');
  const { kraiter, requests } = client(() => ({ data: [] }));
  await kraiter.emails.list({ since: at, until: '2026-12-25T00:00:00Z' });
  await kraiter.emails.list({ since: new Date('yesterday') });
  await kraiter.metrics.get({ from: at, to: at });
  await kraiter.emails.batch([{ ...EMAIL, text: 'x', scheduledAt: new Date(Number.NaN) }]);
  await kraiter.emails.update('eml_1', { scheduledAt: at });
  const since = 'since=2026-12-24T18%3A00%3A00.000Z';
  assert.deepEqual(
    requests.slice(0, 3).map(({ url }) => url.split('?')[1]),
    [
      `${since}&until=2026-12-25T00%3A00%3A00Z`,
      'since=Invalid+Date',
      `${since.replace('since', 'from')}&${since.replace('since', 'to')}`,
    ],
  );
  assert.equal(requests[3].body.emails[0].scheduledAt, 'Invalid Date');
  assert.deepEqual([requests[4].method, requests[4].body], ['PATCH', { scheduledAt: '2026-12-24T18:00:00.000Z' }]);
});

test('the content of a file is bytes of any kind, or base64', async () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);
  const base64 = Buffer.from(bytes).toString('base64');
  const contents = [
    base64,
    bytes,
    Buffer.from(bytes),
    bytes.buffer,
    new Uint8Array([0, ...bytes]).subarray(1),
    new DataView(bytes.buffer),
    new Blob([bytes]),
  ];
  const attachments = contents.map((content) => ({ filename: 'a.bin', content }));
  assert.deepEqual(
    (await sent({ text: 'x', attachments })).attachments,
    contents.map(() => ({ filename: 'a.bin', content: base64 })),
  );
});

test('a File has its own name and type, and a text has the type that Kraiter derives', async () => {
  const attachments = [
    { content: new File(['x'], 'logo.png', { type: 'image/png' }), contentId: 'logo' },
    { content: new File(['x'], 'ü.txt', { type: 'text/plain' }), contentType: undefined },
    { content: new Blob(['x'], { type: 'image/png' }), filename: 'a.gif', contentType: 'image/gif' },
  ];
  assert.deepEqual((await sent({ text: 'x', attachments })).attachments, [
    { filename: 'logo.png', contentType: 'image/png', contentId: 'logo', content: 'eA==' },
    { filename: 'ü.txt', content: 'eA==' },
    { filename: 'a.gif', contentType: 'image/gif', content: 'eA==' },
  ]);
});

test('a file is read from a URL, without the API key', async () => {
  const file = join(folder, 'a ü.txt');
  await writeFile(file, 'hello');
  const read = [];
  const { kraiter, requests } = client(({ url, ...init }) => {
    if (url.startsWith('/v1')) return { id: 'eml_1', status: 'sent' };
    read.push(init.headers);
    return new Response('world');
  });
  const attachments = [{ path: pathToFileURL(file) }, { path: new URL(`${BASE}/files/b.txt`), filename: 'c.txt' }];
  await kraiter.emails.send({ ...EMAIL, text: 'x', attachments });
  assert.deepEqual(requests.at(-1).body.attachments, [
    { filename: 'a ü.txt', content: Buffer.from('hello').toString('base64') },
    { filename: 'c.txt', content: Buffer.from('world').toString('base64') },
  ]);
  assert.deepEqual(read, [undefined]);
});

test('a file that can’t be read fails before anything is sent, and names its field', async () => {
  const { kraiter, requests } = client(({ url }) => (url === '/none' ? new Response('', { status: 404 }) : {}));
  for (const [file, field] of [
    [{ path: pathToFileURL(join(folder, 'none.txt')) }, 'path'],
    [{ path: new URL(`${BASE}/none`) }, 'path'],
    [{ path: new URL('http://example.com/a.txt') }, 'path'],
    [{ path: './a.txt' }, 'path'],
    [{ filename: 'a.txt', content: 7 }, 'content'],
    [{ filename: 'a.txt', content: { type: 'Buffer', data: [1] } }, 'content'],
    [{ filename: 'a.txt' }, 'content'],
    [null, 'content'],
  ]) {
    const email = { ...EMAIL, text: 'x', attachments: [file] };
    await rejects(kraiter.emails.send(email), 'invalid_content', `attachments[0].${field}`);
    const batch = kraiter.emails.batch([{ ...EMAIL, text: 'x' }, email]);
    await rejects(batch, 'invalid_content', `emails[1].attachments[0].${field}`);
  }
  assert.deepEqual([...new Set(requests.map(({ url }) => url))], ['/none']);
});

test('reading a file can be aborted', async () => {
  const controller = new AbortController();
  const { kraiter } = client(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );
  const email = { ...EMAIL, text: 'x', attachments: [{ path: new URL(`${BASE}/a.txt`) }] };
  const sending = kraiter.emails.send(email, { signal: controller.signal });
  controller.abort();
  await rejects(sending, 'aborted', undefined);
});

test('an email is rendered from a React component', async () => {
  const react = createElement('p', null, 'Hello ', createElement('b', null, 'Ada & Bob'));
  const email = await sent({ react });
  assert.match(email.html, /<p>Hello (<!-- -->)?<b>Ada &amp; Bob<\/b><\/p>/);
  assert.match(email.text, /Hello Ada & Bob/);
  assert.deepEqual(Object.keys(email).sort(), ['from', 'html', 'subject', 'text', 'to']);
  assert.equal((await sent({ react, text: 'Own' })).text, 'Own');
  const { kraiter } = client();
  await rejects(kraiter.emails.send({ ...EMAIL, react, html: '<p>' }), 'invalid_content', 'html');
  const throwing = createElement(() => {
    throw new Error('broken');
  });
  await assert.rejects(kraiter.emails.send({ ...EMAIL, react: throwing }), ({ code, field, cause }) => {
    assert.deepEqual([code, field, cause.message], ['invalid_content', 'react', 'broken']);
    return true;
  });
});

test('without @react-email/render, the error says what to install', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'kraiter-react-'));
  after(() => rm(elsewhere, { recursive: true }));
  await cp(installed, join(elsewhere, 'sdk'), { recursive: true });
  const { Kraiter } = await import(join(elsewhere, 'sdk', 'dist', 'server.js'));
  const kraiter = new Kraiter({ baseUrl: BASE, apiKey: 'kr_test' });
  await assert.rejects(kraiter.emails.send({ ...EMAIL, react: createElement('p') }), ({ code, field, help }) => {
    assert.deepEqual([code, field, help], ['invalid_content', 'react', 'Run npm install @react-email/render.']);
    return true;
  });
});

test('a result has the status and the request ID of its response, and nothing else shows them', async () => {
  const { kraiter } = client();
  const result = await kraiter.emails.send({ ...EMAIL, text: 'x' });
  assert.deepEqual(result.lastResponse, { status: 200, requestId: 'req_1' });
  assert.deepEqual(JSON.parse(JSON.stringify(result)), { id: 'eml_1', status: 'sent' });
  assert.deepEqual({ ...result }, { id: 'eml_1', status: 'sent' });
});

test('the headers of a client are sent with every request, and can’t replace the key', async () => {
  const { kraiter, requests } = client(undefined, {
    headers: { 'CF-Access-Client-Id': 'x', authorization: 'Basic y' },
  });
  await kraiter.emails.get('eml_1');
  assert.equal(requests[0].headers['cf-access-client-id'], 'x');
  assert.equal(requests[0].headers.authorization, 'Bearer kr_test');
});

test('the timeout of a client or of a call ends a request', async () => {
  const never = ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const slow = client(never, { timeout: 20 });
  await assert.rejects(slow.kraiter.emails.get('eml_1'), { code: 'timeout', message: /within 20 milliseconds/ });
  await assert.rejects(client(never).kraiter.emails.get('eml_1', { timeout: 30 }), { code: 'timeout', message: /30/ });
});

test('an invalid option is refused', async () => {
  const create = (options) => () => new Kraiter({ baseUrl: BASE, ...options });
  for (const [field, values] of Object.entries({
    timeout: [0, -1, 1.5, '30', null, 2 ** 31],
    maxRetries: [-1, 11, 1.5, NaN, '3', null],
    headers: [{ 'a b': 'x' }, { a: 'x\ny' }],
  })) {
    for (const value of values) assert.throws(create({ [field]: value }), { code: 'invalid_option', field });
  }
  await rejects(client().kraiter.emails.get('eml_1', { timeout: 0 }), 'invalid_option', 'timeout');
});

test('whatever fetch does, a call fails with its cause and the next one works', async () => {
  const original = globalThis.fetch;
  const kraiter = new Kraiter({ baseUrl: BASE, apiKey: 'kr_test', maxRetries: 0 });
  const failures = [new TypeError('no'), 'a text', null, undefined];
  try {
    for (const own of [false, true]) {
      for (const cause of failures) {
        const fetch = async () => {
          throw cause;
        };
        globalThis.fetch = fetch;
        const using = own ? new Kraiter({ baseUrl: BASE, fetch, maxRetries: 0 }) : kraiter;
        await assert.rejects(
          using.emails.get('eml_1'),
          (error) => error.code === 'network_error' && error.cause === cause,
        );
      }
      const mock = async () => ({ ok: true, status: 200, json: async () => ({}) });
      globalThis.fetch = mock;
      const using = own ? new Kraiter({ baseUrl: BASE, fetch: mock, maxRetries: 0 }) : kraiter;
      await assert.rejects(
        using.emails.get('eml_1'),
        ({ code, cause }) => code === 'network_error' && /Response/.test(cause.message),
      );
    }
    globalThis.fetch = async (url) => {
      assert.equal(url, `${BASE}/v1/emails/eml_1`);
      return Response.json({ id: 'eml_1' });
    };
    assert.equal((await kraiter.emails.get('eml_1')).id, 'eml_1');
  } finally {
    globalThis.fetch = original;
  }
});

test('a file that is fetched with the platform’s fetch comes from an https: URL only', async () => {
  const server = createServer((_, response) => response.end('x')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  after(() => server.close());
  const kraiter = new Kraiter({ baseUrl: BASE, apiKey: 'kr_test' });
  const attachments = [{ path: new URL(`http://127.0.0.1:${server.address().port}/a.txt`) }];
  await rejects(kraiter.emails.send({ ...EMAIL, text: 'x', attachments }), 'invalid_content', 'attachments[0].path');
});

test('address and key default to the environment', async () => {
  const api = await fakeApi();
  after(() => api.close());
  const script = `import { Kraiter } from '@kraiter/sdk'; await new Kraiter().emails.get('eml_1');`;
  await writeFile(join(folder, 'environment.mjs'), script);
  await run(process.execPath, ['environment.mjs'], {
    cwd: folder,
    env: { KRAITER_BASE_URL: api.url, KRAITER_API_KEY: 'kr_environment' },
  });
  assert.equal(api.requests[0].headers.authorization, 'Bearer kr_environment');
});

test('the entry for browsers doesn’t read the environment', async () => {
  process.env.KRAITER_BASE_URL = BASE;
  try {
    const browser = await import(join(installed, 'dist', 'page', 'index.js'));
    assert.throws(() => new browser.Kraiter(), { code: 'invalid_url', field: 'baseUrl' });
    assert.ok(new Kraiter());
  } finally {
    delete process.env.KRAITER_BASE_URL;
  }
});
