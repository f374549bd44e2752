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

test('only what belongs is packed', () => {
  assert.deepEqual(packed.files.sort(), [
    'LICENSE',
    'README.md',
    'dist/kraiter.js',
    'dist/kraiter_bg.wasm',
    'index.d.ts',
    'index.js',
    'lib/client.js',
    'lib/error.js',
    'lib/flow.js',
    'lib/module.js',
    'node.js',
    'package.json',
    'workerd.js',
  ]);
});

test('publint finds nothing', async () => {
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

test('the types are right for everybody who can import it', async () => {
  const said = await run(process.execPath, [
    program('attw'),
    packed.tarball,
    '--profile',
    'esm-only',
    '--format',
    'json',
  ]);
  // What it says of ES modules as such: in a CommonJS file, Node.js 20 takes them by `import()`.
  const { CJSResolvesToESM: _, ...problems } = JSON.parse(said).problems ?? {};
  assert.deepEqual(problems, {});
});

test('what is published does not tell where it was built', async () => {
  const module = await readFile(join(root, 'pkg', 'dist', 'kraiter_bg.wasm'), 'latin1');
  assert.ok(!module.includes(root) && !/\/(home|root|Users)\//.test(module));
});
