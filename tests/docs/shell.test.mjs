import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';

import { blocksIn, ORIGIN, root } from './blocks.mjs';
import { exampleOf, standIn } from './contract.mjs';

const here = import.meta.dirname;
const folder = join(root, 'build', 'docs-shell');
const bin = join(folder, 'bin');

/** Programs that examples call. Only these are found, so a block that calls another one fails. */
const PROGRAMS = ['aws', 'cargo', 'curl', 'node', 'npm', 'npx'];

before(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(bin, { recursive: true });
  const script = `#!/bin/sh\nexec "${process.execPath}" "${join(here, 'program.mjs')}" "$(basename "$0")" "$@"\n`;
  await writeFile(join(bin, PROGRAMS[0]), script, { mode: 0o755 });
  for (const name of PROGRAMS.slice(1)) await symlink(join(bin, PROGRAMS[0]), join(bin, name));
  await symlink('/bin/sh', join(bin, 'sh'));
  for (const name of ['basename']) await symlink(`/usr/bin/${name}`, join(bin, name));
});

for (const { place, text } of blocksIn('sh'))
  test(`the commands of ${place} exist and are accepted`, async () => {
    const api = await standIn();
    try {
      const backup = { ...exampleOf('GET', '/v1/organisations/{id}/backup'), nextCursor: null };
      await writeFile(join(folder, 'org.backup'), `${JSON.stringify(backup)}\n`);
      await writeFile(join(folder, 'suppressions.csv'), 'address\nbob@example.net\n');
      await promisify(execFile)('/bin/sh', ['-euc', text], {
        cwd: folder,
        env: {
          PATH: bin,
          HOME: folder,
          KEY: 'kr_key_example',
          KRAITER_API_KEY: 'kr_key_example',
          ADMIN_TOKEN: 'admin-token-of-the-example',
          STAND_IN: api.url,
          EXAMPLE_ORIGIN: ORIGIN,
        },
      }).catch((error) => assert.fail(`${error.message}\n${error.stderr}\n${api.faults.join('\n')}`));
      assert.deepEqual(api.faults, []);
    } finally {
      await api.close();
    }
  });

test('a command that does not exist fails', async () => {
  for (const command of [
    'npx wrangler d1 destroy kraiter',
    'curl --location https://kraiter.example.com/healthz',
    'git push',
  ])
    await assert.rejects(
      promisify(execFile)('/bin/sh', ['-euc', command], {
        cwd: folder,
        env: { PATH: bin, STAND_IN: 'http://127.0.0.1:9' },
      }),
      command,
    );
  assert.match(await readFile(join(bin, 'curl'), 'utf8'), /program\.mjs/);
});
