import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';

import { EXPECTED } from './fake-api.mjs';
import { emptyFolder, journeyOf, project, run } from './project.mjs';

const require = createRequire(import.meta.url);

/** Returns the program of an npm package whose platform's package holds it. The installation of neither runs a script. */
const bun = () => {
  const cpu = { arm64: 'aarch64' }[process.arch] ?? process.arch;
  return require.resolve(`@oven/bun-${process.platform}-${cpu}/bin/bun`);
};
const deno = () => {
  const libc = process.platform === 'linux' ? '-glibc' : '';
  return require.resolve(`@deno/${process.platform}-${process.arch}${libc}/deno`);
};

let folder;
before(async () => {
  folder = await project('node');
});

describe('the package works in', { concurrency: true }, () => {
  test('Deno, with access to the API alone', async () => {
    const args = ['run', '--quiet', '--no-remote', '--no-prompt', '--allow-net=127.0.0.1', 'main.mjs'];
    const env = { DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1' };
    assert.deepEqual(await journeyOf(deno(), args, { cwd: folder, env }), EXPECTED);
  });

  test('Bun', async () => {
    assert.deepEqual(await journeyOf(bun(), ['main.mjs'], { cwd: folder }), EXPECTED);
  });

  test('a file bundled by Bun, without any other file', async (t) => {
    const cwd = await emptyFolder(t);
    await run(bun(), ['build', '--target=bun', '--outfile', join(cwd, 'main.js'), 'main.mjs'], { cwd: folder });
    assert.deepEqual(await readdir(cwd), ['main.js']);
    assert.deepEqual(await journeyOf(bun(), ['main.js'], { cwd }), EXPECTED);
  });

  test('a program compiled by Bun, without any other file', async (t) => {
    const cwd = await emptyFolder(t);
    await run(bun(), ['build', '--compile', '--outfile', join(cwd, 'main'), 'main.mjs'], { cwd: folder });
    assert.deepEqual(await readdir(cwd), ['main']);
    assert.deepEqual(await journeyOf(join(cwd, 'main'), [], { cwd }), EXPECTED);
  });
});
