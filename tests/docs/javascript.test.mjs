import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { blocksIn, ORIGIN, root } from './blocks.mjs';
import { standIn } from './contract.mjs';

const folder = join(root, 'build', 'docs-tests');

/** Functions and values of the reader's program that examples use. */
const STUBS = `
const noop = async (...values) => void values;
const handle = noop, handleBounce = noop, saveLastNumber = noop;
const loadLastNumber = async () => 0;
const showRegions = noop, showLink = noop, showWaiting = noop, showConnected = noop, showProblem = noop, showError = noop;
const showOffline = noop;
`;

/** What the reader replaces by the external ID of their organisation, and such an ID. */
const EXTERNAL_ID = ['mxk7-your-external-id', 'mxk7-ae5x4z6kq2m7w3nbtv5jc2hdpi'];

/** The first example of each page that has no client of its own uses this one. */
const CLIENT = `const kraiter = new Kraiter({ baseUrl: '${ORIGIN}', apiKey: process.env.KRAITER_API_KEY });`;

before(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
});

const pages = Map.groupBy(blocksIn('js'), ({ page }) => page);

for (const [page, blocks] of pages)
  test(`the JavaScript of ${page} runs, and its requests match the API`, async () => {
    const api = await standIn();
    try {
      process.env.KRAITER_API_KEY = 'kr_key_example';
      for (const block of blocks.filter(({ text }) => /^export default/m.test(text))) await runReceiver(block);
      await run(
        page,
        blocks.filter(({ text }) => !/^export default/m.test(text)),
        api.url,
      );
      assert.deepEqual(api.faults, []);
      assert.ok(api.requests.length > 0);
    } finally {
      await api.close();
    }
  });

test('the JavaScript of every page has the types of the SDK', async () => {
  const compilerOptions = { allowJs: true, checkJs: true, noEmit: true, skipLibCheck: true, types: ['node'] };
  // Examples don't declare the types of their parameters.
  Object.assign(compilerOptions, { noImplicitAny: false });
  Object.assign(compilerOptions, { target: 'ES2023', lib: ['ES2024', 'DOM', 'DOM.Iterable'], module: 'NodeNext' });
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.mjs'] }));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await promisify(execFile)(process.execPath, [tsc, '--project', folder]).catch(({ stdout }) => assert.fail(stdout));
});

/** Runs the blocks of a page one after the other. Each sees the names of those before it, and may declare them again. */
async function run(page, blocks, url) {
  const imports = new Set(["import { Kraiter } from '@kraiter/sdk';"]);
  const bodies = blocks.map(({ text }) => {
    for (const [line] of text.matchAll(/^import .*;$/gm)) imports.add(line);
    return text.replace(/^import .*;$/gm, '');
  });
  const program = bodies.reduceRight((rest, body) => `{\n${body}\n${rest}\n}`, '');
  const code = [...imports, STUBS, CLIENT, program]
    .join('\n')
    .replaceAll(ORIGIN, url)
    .replaceAll(...EXTERNAL_ID);
  await load(page, code);
}

/** Writes a module and imports it. */
async function load(name, code) {
  const file = join(folder, `${name.replaceAll(/\W/g, '-')}.mjs`);
  await writeFile(file, code);
  const write = console.log;
  console.log = () => {};
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    console.log = write;
  }
}

/** Runs a block that receives webhooks with a signed request, and with one whose signature is wrong. */
async function runReceiver({ place, text }) {
  const [first, ...others] = text.split('\n');
  assert.match(first, /^import /);
  const { default: receiver } = await load(place, [first, STUBS, ...others].join('\n'));
  const key = Buffer.alloc(32, 7).toString('base64');
  const post = (signature) => {
    const body = JSON.stringify({ id: 'evt_1', number: 1, type: 'email.bounced', timestamp: 'x', data: {} });
    const at = String(Math.floor(Date.now() / 1000));
    const hash = createHmac('sha256', Buffer.from(key, 'base64')).update(`evt_1.${at}.${body}`).digest('base64');
    const headers = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': at,
      'webhook-signature': `v1,${signature ?? hash}`,
    };
    const request = new Request('https://example.com/webhooks/kraiter', { method: 'POST', body, headers });
    return receiver.fetch(request, { WEBHOOK_SECRET: `whsec_${key}` });
  };
  assert.equal((await post()).status, 200);
  await assert.rejects(post(Buffer.alloc(32).toString('base64')));
}
