/** Links between pages, and to files of the repository that aren't pages. */

import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

const manifest = readFileSync(new URL('../../Cargo.toml', import.meta.url), 'utf8');
const url = /^repository = "(.+)"$/m.exec(manifest)?.[1];
if (url === undefined) throw new Error('Cargo.toml names no repository');

/** The repository's address. */
export const repository: string = url;

/** Pages that have another path on the site than in the repository. */
export const PAGES: Record<string, string> = {
  'docs/README.md': 'index.md',
  'docs/probe': 'probe.md',
  'docs/probe/README.md': 'probe.md',
  'pkg/README.md': 'sdk.md',
  'CHANGELOG.md': 'changelog.md',
  'SECURITY.md': 'security.md',
};

/**
 * Returns a link of the site for a link in the file `source`. Both `source` and the link are paths of the repository. What isn't part of
 * the site is linked in the repository.
 */
export function siteLink(link: string, source: string): string {
  if (/^([a-z]+:|[#/])/.test(link)) return link;
  const [path = '', hash] = link.split('#');
  const target = posix.join(posix.dirname(source), path).replace(/\/$/, '');
  const page = PAGES[target] ?? (target.startsWith('docs/') ? target.slice('docs/'.length) : undefined);
  const base = page === undefined ? `${repository}/blob/main/${target}` : `/${page}`;
  return hash === undefined ? base : `${base}#${hash}`;
}

/** Returns the file of the repository that has a page's text. */
export function sourceOf(page: string): string {
  const [file] = Object.entries(PAGES).find(([file, other]) => other === page && file.endsWith('.md')) ?? [];
  return file ?? `docs/${page}`;
}

/** Returns a heading's anchor, as GitHub forms it. */
export const anchor = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
