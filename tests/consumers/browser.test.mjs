import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { chromium } from 'playwright-core';
import { build, createServer } from 'vite';

import { kraiter, SEEN } from './kraiter.mjs';
import { program, project, run } from './project.mjs';

let browser;
let vite;
before(async () => {
  vite = await project('vite');
  browser = await chromium.launch({
    executablePath: process.env.KRAITER_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
});
after(() => browser?.close());

/** What the page at `url` has seen; fails with what it complained of. */
async function seen(url) {
  const page = await browser.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(`${error}`));
  try {
    await page.goto(url);
    await page.waitForFunction(() => document.body.textContent?.trim().startsWith('{'), undefined, { timeout: 20_000 });
    const text = await page.evaluate(() => document.body.textContent);
    // What the browser says of the answers 404 and 503 that the journey provokes.
    assert.deepEqual(
      complaints.filter((text) => !/status of (404|503)/.test(text)),
      [],
    );
    return JSON.parse(text ?? '');
  } catch (error) {
    throw new Error(`${url} complained: ${complaints.join('\n')}`, { cause: error });
  } finally {
    await page.close();
  }
}

test('the journey runs in a page that Vite has built, under the dashboard’s content security policy', async () => {
  await build({ root: vite, logLevel: 'error', build: { target: 'es2022', modulePreload: { polyfill: false } } });
  const assets = await readdir(join(vite, 'dist', 'assets'));
  assert.equal(assets.filter((name) => name.endsWith('.wasm')).length, 1, `${assets}`);
  for (const script of assets.filter((name) => name.endsWith('.js'))) {
    assert.doesNotMatch(await readFile(join(vite, 'dist', 'assets', script), 'utf8'), /data:application|node:fs/);
  }
  const api = await kraiter(join(vite, 'dist'));
  try {
    assert.deepEqual(await seen(api.url), SEEN);
  } finally {
    await api.close();
  }
});

test('the journey runs in a page that Vite serves for development', async () => {
  const api = await kraiter();
  const server = await createServer({
    root: vite,
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', proxy: { '/v1': api.url } },
  });
  try {
    await server.listen();
    assert.deepEqual(await seen(server.resolvedUrls.local[0]), SEEN);
  } finally {
    await server.close();
    await api.close();
  }
});

test('the journey runs in a page without a bundler', async () => {
  const folder = await project('plain');
  const api = await kraiter(folder);
  try {
    assert.deepEqual(await seen(api.url), SEEN);
  } finally {
    await api.close();
  }
});

test('its types hold under a bundler’s resolution', async () => {
  assert.equal(await run(process.execPath, [program('tsc'), '--project', vite]), '');
});
