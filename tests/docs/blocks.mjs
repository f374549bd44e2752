/** The code blocks of the documentation. */

import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The origin that examples call. */
export const ORIGIN = 'https://kraiter.example.com';

const docs = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);

/** Pages with code blocks. The other pages of the repository have none that can be run. */
const PAGES = ['README.md', 'pkg/README.md', 'docs/probe/README.md', ...docs.sort()];

/** Returns the blocks of a page: language, the rest of the info string, text and line. */
function parse(page, text) {
  const blocks = [];
  let block;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^( *)```(\S*) *(.*)$/.exec(line);
    if (block === undefined && fence) {
      const [, indent, language, info] = fence;
      block = { page, place: `${page}:${index + 1}`, indent, language, info, lines: [] };
    } else if (block !== undefined && line.trim() === '```') {
      const { indent, lines, ...rest } = block;
      blocks.push({ ...rest, text: lines.map((content) => content.replace(indent, '')).join('\n') });
      block = undefined;
    } else block?.lines.push(line);
  }
  return blocks;
}

/** Every code block, in the order of the pages. */
export const blocks = (
  await Promise.all(PAGES.map(async (page) => parse(page, await readFile(join(root, page), 'utf8'))))
).flat();

/** Returns the blocks of a language that can be run. */
export const blocksIn = (language) =>
  blocks.filter((block) => block.language === language && !block.info.startsWith('not-run'));
