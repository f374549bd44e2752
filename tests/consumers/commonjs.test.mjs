import assert from 'node:assert/strict';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';

import * as esbuild from 'esbuild';

import { EXPECTED, fakeApi } from './fake-api.mjs';
import { emptyFolder, journeyOf, program, project, run } from './project.mjs';

let folder;
before(async () => {
  folder = await project('commonjs');
  const { code } = await esbuild.transform(await readFile(join(folder, 'journey.mjs'), 'utf8'), { format: 'cjs' });
  await writeFile(join(folder, 'journey.cjs'), code);
  assert.equal(await run(process.execPath, [program('tsc'), '--project', folder]), '');
  await copyFile(join(folder, 'built', 'main.cjs'), join(folder, 'main.cjs'));
});

describe('CommonJS', { concurrency: true }, () => {
  test('compiled from TypeScript works in Node.js', async () => {
    assert.match(await readFile(join(folder, 'main.cjs'), 'utf8'), /require\("@kraiter\/sdk"\)/);
    assert.deepEqual(await journeyOf(process.execPath, ['main.cjs'], { cwd: folder }), EXPECTED);
  });

  test('bundled by esbuild works without any other file', async (t) => {
    const cwd = await emptyFolder(t);
    await esbuild.build({
      entryPoints: [join(folder, 'main.cjs')],
      outfile: join(cwd, 'main.cjs'),
      bundle: true,
      platform: 'node',
      logLevel: 'warning',
    });
    assert.deepEqual(await journeyOf(process.execPath, ['main.cjs'], { cwd }), EXPECTED);
  });

  for (const [environment, customExportConditions] of [
    ['node', ['node', 'node-addons']],
    ['jsdom', ['browser']],
  ]) {
    test(`works in Jest, with the conditions of its environment ${environment}`, async () => {
      // Another name than the test runner of Node.js looks for.
      const config = JSON.stringify({
        testMatch: ['**/*.jest.js'],
        testEnvironmentOptions: { customExportConditions },
      });
      const api = await fakeApi();
      try {
        await run(process.execPath, [program('jest'), '--ci', '--config', config], {
          cwd: folder,
          env: { KRAITER_URL: api.url, KRAITER_EXPECTED: JSON.stringify(EXPECTED) },
        });
        assert.ok(api.requests.some(({ line }) => line === 'POST /v1/emails'));
      } finally {
        await api.close();
      }
    });
  }

  test('exports what the ES module exports', async () => {
    const sdk = join(folder, 'node_modules', '@kraiter', 'sdk');
    const module = await import(join(sdk, 'dist', 'server.js'));
    const commonJs = createRequire(import.meta.url)(sdk);
    assert.deepEqual(Object.keys(commonJs).sort(), Object.keys(module).sort());
    assert.ok(module.isKraiterError(new commonJs.KraiterError('code', 'message')));
  });
});
