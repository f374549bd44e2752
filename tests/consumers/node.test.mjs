import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { before, test } from 'node:test';

import { EXPECTED, fakeApi } from './fake-api.mjs';
import { program, project, root, run } from './project.mjs';

let folder;
before(async () => {
  folder = await project('node');
});

/** Returns every Node.js on PATH from version 20 on. */
async function installedNodes() {
  const found = new Map([[process.version, process.execPath]]);
  for (const path of (process.env.PATH ?? '').split(delimiter)) {
    const node = join(path, 'node');
    const version = await run(node, ['--version']).then(
      (text) => text.trim(),
      () => '',
    );
    if (Number(version.slice(1).split('.')[0]) >= 20 && !found.has(version)) found.set(version, node);
  }
  return found;
}

test('the package works in every installed Node.js and doesn’t keep the process alive', async (t) => {
  for (const [version, node] of await installedNodes()) {
    await t.test(version, async () => {
      const api = await fakeApi();
      try {
        assert.deepEqual(JSON.parse(await run(node, ['main.mjs', api.url], { cwd: folder })), EXPECTED);
        assert.ok(api.requests.every(({ headers }) => headers.authorization === 'Bearer kr_test'));
        assert.ok(api.requests.every(({ headers }) => headers['x-kraiter-csrf'] === undefined));
        const sent = api.requests.filter(({ line }) => line === 'POST /v1/emails');
        assert.deepEqual(
          sent.map(({ headers }) => /^sdk-[0-9a-f]{32}$/.test(headers['idempotency-key'])),
          [true, true, true],
        );
        // The second email failed once and was retried unchanged.
        const [template, first, retry] = sent.map(({ headers, body }) => ({ key: headers['idempotency-key'], body }));
        assert.deepEqual(first, retry);
        assert.notEqual(first.key, template.key);
      } finally {
        await api.close();
      }
    });
  }
});

test("the README's examples run unchanged", async () => {
  const readme = await readFile(join(root, 'pkg', 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
  // Without the example for pages, which calls functions of the reader.
  const code = blocks.filter((block) => !block.includes('.flow(')).join('\n');
  const api = await fakeApi();
  try {
    const filled = code
      .replace('https://kraiter.example.com', api.url)
      .replace('mxk7-your-external-id', 'mxk7-aaaaaaaaaaaaaaaaaaaaaaaaaa');
    await writeFile(join(folder, 'readme.mjs'), filled);
    const output = await run(process.execPath, ['readme.mjs'], { cwd: folder, env: { KRAITER_API_KEY: 'kr_test' } });
    assert.equal(output.split('\n')[0], 'true');
    const lines = [
      'POST /v1/aws-binding/connect',
      'POST /v1/aws-binding',
      'POST /v1/aws-binding/verify',
      'POST /v1/aws-binding/connect',
      'GET /v1/aws-binding',
      'POST /v1/aws-binding/events',
      'POST /v1/identities',
      'GET /v1/identities/idn_1/zone',
      'POST /v1/identities/idn_1/check-dns',
      'GET /v1/identities?region=all',
      'POST /v1/emails',
      'GET /v1/emails/eml_1',
      'POST /v1/emails',
      'POST /v1/emails/batch',
      'PATCH /v1/emails/eml_1',
      'GET /v1/emails?status=bounced&limit=50',
      'GET /v1/emails?since=2026-11-01T00%3A00%3A00.000Z&limit=100',
      'GET /v1/emails?since=2026-11-01T00%3A00%3A00.000Z&limit=100&cursor=eml_1',
      'PUT /v1/settings',
      'GET /v1/events?after=0',
      'POST /v1/templates',
      'POST /v1/templates/tpl_1/preview',
      'POST /v1/emails',
      'POST /v1/emails',
    ];
    assert.deepEqual(
      api.requests.map(({ line }) => line),
      lines,
    );
  } finally {
    await api.close();
  }
});

test('an error of another copy of the package is recognised', async () => {
  const entry = join(folder, 'node_modules', '@kraiter', 'sdk', 'lib', 'error.js');
  const [one, other] = [await import(entry), await import(`${entry}?other`)];
  const error = new one.KraiterError('code', 'message', { cause: 'why' });
  assert.notEqual(one.KraiterError, other.KraiterError);
  assert.ok(other.isKraiterError(error) && error.cause === 'why' && `${error}` === 'KraiterError: message');
  for (const wrong of [null, undefined, 'text', new Error('other'), { code: 'code' }])
    assert.ok(!other.isKraiterError(wrong));
});

test('an address that would expose the API key is refused', async () => {
  const { Kraiter } = await import(join(folder, 'node_modules', '@kraiter', 'sdk', 'dist', 'server.js'));
  for (const valid of [
    'https://kraiter.example.com',
    'https://example.com/mail/',
    'http://127.0.0.1:8787',
    'http://localhost',
    'http://[::1]:1',
  ]) {
    assert.ok(new Kraiter({ baseUrl: valid }), valid);
  }
  for (const invalid of [
    undefined,
    'kraiter.example.com',
    '/v1',
    'http://kraiter.example.com',
    'http://localhost.example.com',
    'ftp://localhost',
    'https://a:b@example.com',
    'https://example.com/?a',
    'https://example.com/#a',
  ]) {
    assert.throws(
      () => new Kraiter({ baseUrl: invalid }),
      { name: 'KraiterError', code: 'invalid_url', field: 'baseUrl' },
      invalid,
    );
  }
});

test('the number of retries is limited', async () => {
  const { Kraiter } = await import(join(folder, 'node_modules', '@kraiter', 'sdk', 'dist', 'server.js'));
  for (const maxRetries of [undefined, 0, 10]) assert.ok(new Kraiter({ baseUrl: '', maxRetries }));
  for (const maxRetries of [-1, 11, 1.5, NaN, '3', null]) {
    assert.throws(() => new Kraiter({ baseUrl: '', maxRetries }), {
      name: 'KraiterError',
      code: 'invalid_option',
      field: 'maxRetries',
    });
  }
});

test('the types are correct with Node.js’s module resolution', async () => {
  assert.equal(await run(process.execPath, [program('tsc'), '--project', folder]), '');
});
