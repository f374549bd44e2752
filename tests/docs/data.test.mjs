import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { parseFragment } from 'parse5';
import { parse as parseYaml } from 'yaml';

import { blocks, blocksIn, root } from './blocks.mjs';
import { checkRequest, expectResponse, expectSchema, operationOf, resolve } from './contract.mjs';

/** Languages whose blocks are run or checked. `text` is for what isn't code. */
const LANGUAGES = ['html', 'http', 'js', 'json', 'sh', 'text', 'yaml'];

/** Blocks that are not run, by place. Each has its reason in the info string, which readers of the source see. */
const MAX_NOT_RUN = 2;

test('every block names a language that is checked, or says why it is not', () => {
  const unknown = blocks.filter(({ language }) => !LANGUAGES.includes(language)).map(({ place }) => place);
  assert.deepEqual(unknown, []);
  const notRun = blocks.filter(({ info }) => info.startsWith('not-run'));
  for (const { place, info } of notRun) assert.match(info, /^not-run: .{10,}/, place);
  assert.ok(notRun.length <= MAX_NOT_RUN, `blocks that are not run: ${notRun.map(({ place }) => place).join(', ')}`);
});

for (const { place, text, info } of blocksIn('json'))
  test(`${place} is what the API takes or returns`, () => {
    const value = JSON.parse(text);
    // `json Problem` is a schema, `json POST /v1/emails` the response of a route. Policies are compared by the `domain` crate.
    const [first, path] = info.split(' ');
    if (path !== undefined) expectResponse(place, operationOf(first, path), value);
    else if (first !== 'policy') expectSchema(place, value, first);
  });

for (const { place, text } of blocksIn('http'))
  test(`${place} is a request or a response of the API`, () => {
    const [start, ...lines] = text.split('\n');
    if (start.startsWith('HTTP/1.1 ')) return checkHead(start, lines);
    const [body, response] = lines.join('\n').split(/\n\n\d{3}\n/);
    const [method, target] = start.split(' ');
    const operation = checkRequest({ method, target, type: body ? 'application/json' : undefined, body });
    if (response !== undefined) expectResponse(place, operation, JSON.parse(response));
  });

/** Checks that a response with this status has these headers. */
function checkHead(start, lines) {
  const [, status, ...reason] = start.split(' ');
  const { name: document, operation } = operationOf('POST', '/v1/aws-binding/verify');
  assert.equal(reason.join(' '), 'Too Many Requests');
  const { headers } = resolve(document, operation.responses[status]);
  const names = lines.map((line) => line.split(': ')[0].toLowerCase());
  assert.deepEqual(
    names.filter((name) => headers[name] === undefined),
    [],
  );
}

for (const { place, text } of blocksIn('yaml'))
  test(`${place} is YAML`, () => {
    assert.equal(typeof parseYaml(text), 'object');
  });

for (const { place, text } of blocksIn('html'))
  test(`${place} is HTML without errors`, () => {
    const errors = [];
    parseFragment(text, { onParseError: ({ code }) => errors.push(code) });
    assert.deepEqual(errors, []);
  });

test('every error code of the SDK has a heading on the page of errors', async () => {
  const types = await readFile(join(root, 'pkg', 'index.d.ts'), 'utf8');
  const [, union] = /export type KraiterErrorCode =([^;]+);/.exec(types);
  const page = await readFile(join(root, 'docs', 'errors.md'), 'utf8');
  const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code);
  assert.ok(codes.includes('network_error'));
  assert.deepEqual(
    codes.filter((code) => !page.includes(`\n### ${code}\n`)),
    [],
  );
});
