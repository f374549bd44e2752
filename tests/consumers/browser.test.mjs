import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { build, createServer } from 'vite';

import { journeyIn, launch } from './browser.mjs';
import { EXPECTED, fakeApi } from './fake-api.mjs';
import { program, project, run } from './project.mjs';

let browser;
let vite;
before(async () => {
  vite = await project('vite');
  browser = await launch();
});
after(() => browser?.close());

test('the package works in a page built by Vite, with the dashboard’s content security policy', async () => {
  await build({ root: vite, logLevel: 'error', build: { target: 'es2022', modulePreload: { polyfill: false } } });
  const assets = await readdir(join(vite, 'dist', 'assets'));
  assert.equal(assets.filter((name) => name.endsWith('.wasm')).length, 1, `${assets}`);
  for (const script of assets.filter((name) => name.endsWith('.js'))) {
    assert.doesNotMatch(
      await readFile(join(vite, 'dist', 'assets', script), 'utf8'),
      /data:application|node:fs|AGFzbQ/,
    );
  }
  const api = await fakeApi(join(vite, 'dist'));
  try {
    assert.deepEqual(await journeyIn(browser, api.url), EXPECTED);
  } finally {
    await api.close();
  }
});

test('the package works in a page served by Vite’s development server', async () => {
  const api = await fakeApi();
  const server = await createServer({
    root: vite,
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', proxy: { '/v1': api.url } },
  });
  try {
    await server.listen();
    assert.deepEqual(await journeyIn(browser, server.resolvedUrls.local[0]), EXPECTED);
  } finally {
    await server.close();
    await api.close();
  }
});

test('the package works in a page without a bundler', async () => {
  const folder = await project('plain');
  const api = await fakeApi(folder);
  try {
    assert.deepEqual(await journeyIn(browser, api.url), EXPECTED);
  } finally {
    await api.close();
  }
});

test('the types are correct with a bundler’s module resolution', async () => {
  assert.equal(await run(process.execPath, [program('tsc'), '--project', vite]), '');
});
