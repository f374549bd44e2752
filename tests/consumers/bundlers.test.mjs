import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';

import nodeResolve from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import * as vite from 'vite';

import { EXPECTED } from './fake-api.mjs';
import { emptyFolder, journeyOf, project } from './project.mjs';

let folder;
before(async () => {
  folder = await project('node');
});

const withEsbuild = (format) => (outfile) =>
  esbuild.build({
    absWorkingDir: folder,
    entryPoints: ['main.mjs'],
    bundle: true,
    platform: 'node',
    format,
    outfile,
    logLevel: 'warning',
  });

async function withRollup(file) {
  const warnings = [];
  const bundle = await rollup({
    input: join(folder, 'main.mjs'),
    plugins: [nodeResolve()],
    onLog: (_, { message }) => warnings.push(message),
  });
  await bundle.write({ file, format: 'esm' });
  await bundle.close();
  // The package is optional.
  assert.deepEqual(
    warnings.filter((warning) => !warning.startsWith('"@react-email/render" is imported by')),
    [],
  );
}

const withVite = (file) =>
  vite.build({
    root: folder,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: 'main.mjs',
      outDir: dirname(file),
      rolldownOptions: { output: { entryFileNames: basename(file) } },
    },
  });

describe('a server bundled by', { concurrency: true }, () => {
  for (const [bundler, name, bundle] of [
    ['esbuild, as an ES module', 'main.mjs', withEsbuild('esm')],
    ['esbuild, as CommonJS', 'main.cjs', withEsbuild('cjs')],
    ['Rollup', 'main.mjs', withRollup],
    ['Vite for servers, without externals', 'main.mjs', withVite],
  ]) {
    test(`${bundler} needs no other file`, async (t) => {
      const cwd = await emptyFolder(t);
      await bundle(join(cwd, name));
      // Vite's stand-in for the optional package @react-email/render is in the folder assets.
      const files = await readdir(cwd);
      assert.deepEqual(
        files.filter((file) => file !== 'assets'),
        [name],
      );
      assert.deepEqual(await journeyOf(process.execPath, [name], { cwd }), EXPECTED);
    });
  }
});
