import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

import { pack, program, root, run } from './project.mjs';

let folder;
let packed;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kraiter-package-'));
  packed = await pack(folder);
});
after(() => rm(folder, { recursive: true, force: true }));

test('the package holds exactly the published files', () => {
  // The names of a page's parts have a hash.
  const files = packed.files.map((file) => file.replace(/-[A-Z0-9]{8}\.js$/, '-*.js'));
  assert.deepEqual(files.sort(), [
    'LICENSE',
    'README.md',
    'dist/kraiter.js',
    'dist/kraiter_bg.wasm',
    'dist/page/chunk-*.js',
    'dist/page/index.js',
    'dist/page/prepare-*.js',
    'dist/page/verify-*.js',
    'dist/server.cjs',
    'dist/server.js',
    'edge.js',
    'index.d.cts',
    'index.d.ts',
    'lib/client.js',
    'lib/error.js',
    'lib/fetch.js',
    'lib/files.js',
    'lib/flow.js',
    'lib/input.d.ts',
    'lib/module.js',
    'lib/pages.js',
    'lib/prepare.js',
    'lib/resources.js',
    'lib/system.js',
    'lib/types.d.ts',
    'lib/verify.js',
    'package.json',
    'workerd.js',
  ]);
});

test('publint reports no problem', async () => {
  const tarball = await readFile(packed.tarball);
  const { messages, pkg } = await publint({
    pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) },
    strict: true,
  });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test('the types resolve in every environment that can import the package', async () => {
  const report = await run(process.execPath, [program('attw'), packed.tarball, '--format', 'json']);
  assert.deepEqual(JSON.parse(report).problems, {});
});

test('the published module holds no path of the machine that built it', async () => {
  const module = await wasm();
  assert.ok(!module.includes(root) && !/\/(home|root|Users)\//.test(module));
});

test('the published module holds no code that signs AWS requests or verifies certificates', async () => {
  const module = await wasm();
  const signing = [
    'AWS4-HMAC-SHA256',
    'aws4_request',
    'x-amz-security-token',
    'x-amz-content-sha256',
    'SecretAccessKey',
  ];
  const verifying = ['BEGIN CERTIFICATE', 'SigningCertURL'];
  const found = [...signing, ...verifying].filter((text) => module.toLowerCase().includes(text.toLowerCase()));
  assert.deepEqual(found, []);
  // The texts of the module can be found in this way.
  assert.ok(module.includes('invalid_region'));
});

/** Returns the bytes of the WebAssembly module as text. */
const wasm = () => readFile(join(root, 'pkg', 'dist', 'kraiter_bg.wasm'), 'latin1');
