import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { unstable_startWorker } from 'wrangler';

import { kraiter, SEEN } from './kraiter.mjs';
import { project } from './project.mjs';

// Nobody outside of this machine is asked or told anything.
Object.assign(process.env, { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' });

test('the journey runs in a Worker, in workerd', async () => {
  const folder = await project('worker');
  const api = await kraiter();
  const worker = await unstable_startWorker({
    config: join(folder, 'wrangler.toml'),
    dev: { inspector: false, logLevel: 'error', server: { hostname: '127.0.0.1', port: 0 } },
  });
  try {
    const response = await worker.fetch(`http://worker/?kraiter=${encodeURIComponent(api.url)}`);
    const said = await response.text();
    assert.equal(response.status, 200, said);
    assert.deepEqual(JSON.parse(said), SEEN);
  } finally {
    await worker.dispose();
    await api.close();
  }
});
