import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';

import { journeyIn, launch } from './browser.mjs';
import { EXPECTED, fakeApi } from './fake-api.mjs';
import { program, project, run } from './project.mjs';

let folder;
let browser;
before(async () => {
  folder = await project('nextjs');
  browser = await launch();
});
after(() => browser?.close());

/** Starts a built app. Returns its address. */
async function start(env, t) {
  const app = spawn(process.execPath, [program('next'), 'start', '--hostname', '127.0.0.1', '--port', '0'], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(async () => {
    app.kill();
    await once(app, 'close');
  });
  for await (const line of createInterface(app.stdout)) {
    const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (address) return address;
  }
  throw new Error('Next.js has not printed its address.');
}

/** Forwards requests to the app, so that pages and the API have one origin. */
const forward = (address) => async (request, response) => {
  const page = await fetch(new URL(request.url, address));
  response.writeHead(page.status, { 'content-type': page.headers.get('content-type') ?? 'text/plain' });
  response.end(Buffer.from(await page.arrayBuffer()));
};

const inBrowser = (url) => journeyIn(browser, url);
const inResponse = async (url) => (await fetch(url)).json();

describe('the package works in Next.js built with', { concurrency: true }, () => {
  for (const bundler of ['turbopack', 'webpack']) {
    test(bundler, { concurrency: true }, async (t) => {
      const env = { KRAITER_DIST: bundler, NEXT_TELEMETRY_DISABLED: '1' };
      await run(process.execPath, [program('next'), 'build', `--${bundler}`], { cwd: folder, env });
      const pages = forward(await start(env, t));
      const uses = [
        ['a server component', '/', inBrowser],
        ['a client component', '/client', inBrowser],
        ['a route handler', '/api/route-handler', inResponse],
        ['an API route in the edge runtime', '/api/edge', inResponse],
      ].map(([use, path, journey]) =>
        t.test(`in ${use}`, async () => {
          const api = await fakeApi(pages);
          try {
            const url = new URL(path, api.url);
            url.searchParams.set('kraiter', api.url);
            assert.deepEqual(await journey(url.href), EXPECTED);
          } finally {
            await api.close();
          }
        }),
      );
      await Promise.all(uses);
    });
  }
});
