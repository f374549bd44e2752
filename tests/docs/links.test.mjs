import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { anchor, siteLink } from '../../docs/.vitepress/links.ts';
import { root } from './blocks.mjs';

/** Pages that aren't part of the site, whose build checks its own links. */
const pages = (await readdir(root)).filter((name) => name.endsWith('.md'));
pages.push('pkg/README.md', ...['nextjs', 'node', 'worker'].map((name) => `examples/${name}/README.md`));

for (const page of pages)
  test(`the links of ${page} lead to files and headings`, async () => {
    const dead = [];
    const text = await readFile(join(root, page), 'utf8');
    for (const [, link] of text.matchAll(/\]\((?![a-z]+:)([^)\s]+)\)/g)) {
      const [path, hash] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) dead.push(link);
      else if (hash !== undefined) {
        const headings = (await readFile(join(root, target), 'utf8')).matchAll(/^#+ (.*)$/gm);
        if (![...headings].some(([, heading]) => anchor(heading) === hash)) dead.push(link);
      }
    }
    assert.deepEqual(dead, []);
  });

test('a link of the site leads to a page, and otherwise to the repository', () => {
  const link = (target, source = 'docs/first-email.md') => siteLink(target, source);
  assert.equal(link('dns.md#dkim-keys'), '/dns.md#dkim-keys');
  assert.equal(link('../pkg/README.md'), '/sdk.md');
  assert.equal(link('docs/errors.md', 'SECURITY.md'), '/errors.md');
  assert.equal(link('#errors'), '#errors');
  assert.equal(link('https://example.com/'), 'https://example.com/');
  assert.match(link('../examples/node'), /^https:\/\/.+\/blob\/main\/examples\/node$/);
});
