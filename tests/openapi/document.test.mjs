import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Validator } from '@seriousme/openapi-schema-validator';
import openapiTS, { astToString } from 'openapi-typescript';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const document = JSON.parse(await readFile(join(root, 'docs', 'openapi.json'), 'utf8'));

test('an independent validator accepts the document as OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  assert.deepEqual(errors ?? [], []);
  assert.equal(valid, true);
  assert.equal(validator.version, '3.1');
});

test('the validator rejects an invalid document', async () => {
  const invalid = structuredClone(document);
  invalid.paths['/v1/emails'].post.responses = 'none';
  assert.equal((await new Validator().validate(invalid)).valid, false);
});

test('the types of a generated client accept valid requests and reject invalid ones', async () => {
  const folder = join(root, 'build', 'openapi');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'api.d.ts'), astToString(await openapiTS(document)));
  const tsc = join(here, 'node_modules', 'typescript', 'bin', 'tsc');
  try {
    await promisify(execFile)(process.execPath, [tsc, '--project', here]);
  } catch (error) {
    assert.fail(error.stdout);
  }
});
