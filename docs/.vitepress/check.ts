/** Checks of the built site. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const BASE = '/docs/';

/**
 * Fails if a link leads to a page, file or anchor that doesn't exist, or if the content security policy in the file `headers` doesn't
 * allow a script.
 */
export async function check(outDir: string, headers: string): Promise<void> {
  const policy = await readFile(headers, 'utf8');
  const names = (await readdir(outDir, { recursive: true })).filter((name) => name.endsWith('.html'));
  const pages = new Map<string, string>();
  for (const name of names) pages.set(name, await readFile(join(outDir, name), 'utf8'));

  const faults = new Set<string>();
  for (const [name, html] of pages) {
    for (const [, link = ''] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      const fault = faultOf(link, name, outDir, pages);
      if (fault !== undefined) faults.add(`${name}: ${link} ${fault}`);
    }
    for (const [, script = ''] of html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>(.*?)<\/script>/gs)) {
      const hash = `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
      if (!policy.includes(hash))
        faults.add(`the policy of ${BASE}* in ${headers} doesn't allow the inline script ${hash}`);
    }
  }
  if (faults.size > 0) throw new Error(`The documentation site has faults:\n${[...faults].join('\n')}`);
}

/** Returns what is wrong with a link of the page `name`. */
function faultOf(link: string, name: string, outDir: string, pages: Map<string, string>): string | undefined {
  const page = name.replace(/(index)?\.html$/, '');
  const { origin, pathname, hash } = new URL(link.replaceAll('&amp;', '&'), `https://site.invalid${BASE}${page}`);
  if (origin !== 'https://site.invalid' || !pathname.startsWith(BASE)) return undefined;
  const path = decodeURIComponent(pathname.slice(BASE.length));
  const target = pages.has(`${path}.html`) ? `${path}.html` : join(path, path === '' ? 'index.html' : '');
  if (!existsSync(join(outDir, target))) return "doesn't exist";
  const anchor = decodeURIComponent(hash.slice(1));
  const html = pages.get(target);
  if (anchor !== '' && html !== undefined && !html.includes(`id="${anchor}"`))
    return 'is an anchor that the page has not';
  return undefined;
}
