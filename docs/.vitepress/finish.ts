/** Completes the built site: files beside the pages, texts for language models, and the check of links and scripts. */

import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { SiteConfig } from 'vitepress';

import { check } from './check.ts';
import { siteLink, sourceOf } from './links.ts';
import { sidebar } from './sidebar.ts';

const root = join(import.meta.dirname, '..', '..');

/** Files of the repository that the site serves as they are, by their path on the site. */
const FILES: Record<string, string> = {
  'alerts.yml': 'docs/alerts.yml',
  'grafana.json': 'docs/grafana.json',
  'favicon.svg': 'www/public/favicon.svg',
  'openapi.json': 'docs/openapi.json',
  'openapi-operators.json': 'docs/openapi-operators.json',
  'performance.svg': 'docs/performance.svg',
  'api.html': 'docs/site/api.html',
  'reference/api.css': 'docs/site/api.css',
  'reference/api.js': 'docs/site/api.js',
};

export async function finish({ outDir }: SiteConfig): Promise<void> {
  await mkdir(join(outDir, 'reference'), { recursive: true });
  for (const [to, from] of Object.entries(FILES)) await cp(join(root, from), join(outDir, to));
  await writeFile(join(outDir, 'reference', 'redoc.js'), await redoc());
  await writeTexts(outDir);
  await check(outDir, join(root, 'www', 'public', '_headers'));
}

/**
 * Changes to Redoc's script: it must not load an image from another host (an invalid one is hidden), and some of its colours suit only a
 * light page.
 */
const CHANGES: [string, string][] = [
  ['"https://cdn.redoc.ly/redoc/logo-mini.svg"', '"data:,"'],
  ['color: #0e7c86;', 'color: light-dark(#0e7c86, #6fd3dc);'],
  ['color: black;', 'color: inherit;'],
  ['background-color: white;', 'background-color: transparent;'],
  ['$active?`\\n      color: white;', '$active?`\\n      color: light-dark(white, #101319);'],
];

/** Returns Redoc's script. */
async function redoc(): Promise<string> {
  const path = createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js');
  let script = (await readFile(path, 'utf8')).replace(/\n\/\/# sourceMappingURL=.*/, '');
  for (const [from, to] of CHANGES) {
    if (script.split(from).length !== 2) throw new Error(`Redoc's script doesn't have ${from} once`);
    script = script.replace(from, () => to);
  }
  return script;
}

/** Writes each page as Markdown, and the lists of https://llmstxt.org. */
async function writeTexts(outDir: string): Promise<void> {
  const index = ['# Kraiter', '', '> Send email through Amazon SES in your own AWS account.', ''];
  const all: string[] = [];
  for (const { text: group, items } of sidebar) {
    index.push(`## ${group}`, '');
    for (const { text: title, link } of items.filter(({ target }) => target === undefined)) {
      const page = link === '/' ? 'index.md' : `${link.slice(1)}.md`;
      const source = sourceOf(page);
      const text = withSiteLinks(await readFile(join(root, source), 'utf8'), source);
      await writeFile(join(outDir, page), text);
      all.push(text);
      const summary = text.split('\n\n').find((paragraph) => /^[A-Z]/.test(paragraph)) ?? '';
      index.push(`- [${title}](/docs/${page}): ${summary.replaceAll('\n', ' ')}`);
    }
    index.push('');
  }
  await writeFile(join(outDir, 'llms.txt'), index.join('\n'));
  await writeFile(join(outDir, 'llms-full.txt'), all.join('\n\n'));
}

const withSiteLinks = (text: string, source: string): string =>
  text.replace(/\]\(([^)\s]+)\)/g, (_, link: string) => {
    const target = siteLink(link, source);
    return `](${target.startsWith('/') ? `/docs${target}` : target})`;
  });
