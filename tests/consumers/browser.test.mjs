import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { chromium } from 'playwright-core';
import { build, createServer } from 'vite';

import { EXPECTED, fakeApi } from './fake-api.mjs';
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

/** Opens the page and returns the journey's result. Fails if the console has errors. */
async function journeyIn(url) {
  const page = await browser.newPage();
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(`${error}`));
  try {
    await page.goto(url);
    await page.waitForFunction(() => document.body.textContent?.trim().startsWith('{'), undefined, { timeout: 20_000 });
    const text = await page.evaluate(() => document.body.textContent);
    // The browser logs the responses 404 and 503, which the journey expects.
    assert.deepEqual(
      errors.filter((text) => !/status of (404|503)/.test(text)),
      [],
    );
    return JSON.parse(text ?? '');
  } catch (error) {
    throw new Error(`${url} logged errors: ${errors.join('\n')}`, { cause: error });
  } finally {
    await page.close();
  }
}

test('the package works in a page built by Vite, with the dashboard’s content security policy', async () => {
  await build({ root: vite, logLevel: 'error', build: { target: 'es2022', modulePreload: { polyfill: false } } });
  const assets = await readdir(join(vite, 'dist', 'assets'));
  assert.equal(assets.filter((name) => name.endsWith('.wasm')).length, 1, `${assets}`);
  for (const script of assets.filter((name) => name.endsWith('.js'))) {
    assert.doesNotMatch(await readFile(join(vite, 'dist', 'assets', script), 'utf8'), /data:application|node:fs/);
  }
  const api = await fakeApi(join(vite, 'dist'));
  try {
    assert.deepEqual(await journeyIn(api.url), EXPECTED);
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
    assert.deepEqual(await journeyIn(server.resolvedUrls.local[0]), EXPECTED);
  } finally {
    await server.close();
    await api.close();
  }
});

test('the package works in a page without a bundler', async () => {
  const folder = await project('plain');
  const api = await fakeApi(folder);
  try {
    assert.deepEqual(await journeyIn(api.url), EXPECTED);
  } finally {
    await api.close();
  }
});

test('the types are correct with a bundler’s module resolution', async () => {
  assert.equal(await run(process.execPath, [program('tsc'), '--project', vite]), '');
});
