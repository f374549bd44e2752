import assert from 'node:assert/strict';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { unstable_startWorker } from 'wrangler';

import { fakeApi } from './fake-api.mjs';
import { example, program, run } from './project.mjs';

// wrangler must not use the network.
Object.assign(process.env, { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' });

const tsc = (config) => run(process.execPath, [program('tsc'), '--project', config]);

test('the Node.js example type-checks, prints the connection and sends an email', async () => {
  const folder = await example('node');
  assert.equal(await tsc(folder), '');
  const api = await fakeApi();
  try {
    const send = () =>
      run(process.execPath, ['send.mjs', 'a@example.com', 'b@example.com'], {
        cwd: folder,
        env: { KRAITER_URL: api.url, KRAITER_API_KEY: 'kr_test' },
      });
    assert.match(await send(), /^Connection: not_connected\n.*\nhttps:\/\/console\.example\n$/);
    assert.match(await send(), /^Connection: awaiting_stack in eu-west-1\n.*not ready/);
    assert.match(await send(), /^Connection: verifying in eu-west-1\nAWS refused the role\. Wait\.\n.*not ready/);
    assert.match(await send(), /^Connection: connected in eu-west-1\n.*sandbox.*\nEmail eml_1: sent\n$/);
  } finally {
    await api.close();
  }
});

test('the Worker example type-checks and sends an email in workerd', async () => {
  const folder = await example('worker');
  await cp(join(folder, '.dev.vars.example'), join(folder, '.dev.vars'));
  await run(process.execPath, [program('wrangler'), 'types'], { cwd: folder });
  assert.equal(await tsc(folder), '');
  const api = await fakeApi();
  const worker = await unstable_startWorker({
    config: join(folder, 'wrangler.toml'),
    bindings: {
      KRAITER_URL: { type: 'plain_text', value: api.url },
      KRAITER_API_KEY: { type: 'plain_text', value: 'kr_test' },
    },
    dev: { inspector: false, logLevel: 'error', server: { hostname: '127.0.0.1', port: 0 } },
  });
  try {
    const post = (body) => worker.fetch('http://worker/welcome', { method: 'POST', body: JSON.stringify(body) });
    assert.equal((await post({ email: 'b@example.com' })).status, 400);
    const response = await post({ email: 'b@example.com', name: 'Ada' });
    assert.deepEqual([response.status, await response.json()], [202, { id: 'eml_1', status: 'sent' }]);
    const { from, subject } = JSON.parse(api.requests[0].body);
    assert.deepEqual([from, subject], ['Example <hello@example.com>', 'Welcome, Ada']);
  } finally {
    await worker.dispose();
    await api.close();
  }
});

test('the Next.js example type-checks and its route handler sends an email', async () => {
  const folder = await example('nextjs');
  // Not built with Next.js, which takes long: the tests of the package in Next.js do that.
  const config = join(folder, 'tsconfig.test.json');
  await writeFile(
    config,
    JSON.stringify({
      extends: './tsconfig.json',
      compilerOptions: { noEmit: false, incremental: false, outDir: 'built', rootDir: 'app', types: ['node'] },
      include: ['app'],
    }),
  );
  assert.equal(await tsc(config), '');
  const { POST } = await import(join(folder, 'built', 'api', 'emails', 'route.js'));
  const post = (body) =>
    POST(new Request('http://localhost:3000/api/emails', { method: 'POST', body: JSON.stringify(body) }));
  const api = await fakeApi();
  try {
    Object.assign(process.env, { KRAITER_URL: api.url, KRAITER_API_KEY: 'kr_test', KRAITER_FROM: 'a@example.com' });
    assert.equal((await post({ to: 'b@example.com' })).status, 400);
    const response = await post({ to: 'b@example.com', subject: 'Hello', text: 'Hello' });
    assert.deepEqual([response.status, await response.json()], [202, { id: 'eml_1', status: 'sent' }]);
  } finally {
    await api.close();
  }
});
