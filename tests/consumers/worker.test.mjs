import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { unstable_startWorker } from 'wrangler';

import { EXPECTED, fakeApi } from './fake-api.mjs';
import { project } from './project.mjs';

// wrangler must not use the network.
Object.assign(process.env, { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' });

test('the package works in a Cloudflare Worker', async () => {
  const folder = await project('worker');
  const api = await fakeApi();
  const worker = await unstable_startWorker({
    config: join(folder, 'wrangler.toml'),
    dev: { inspector: false, logLevel: 'error', server: { hostname: '127.0.0.1', port: 0 } },
  });
  try {
    const response = await worker.fetch(`http://worker/?kraiter=${encodeURIComponent(api.url)}`);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    assert.deepEqual(JSON.parse(text), EXPECTED);
  } finally {
    await worker.dispose();
    await api.close();
  }
});
