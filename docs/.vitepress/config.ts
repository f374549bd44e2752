/** The documentation site, which the Worker serves at /docs. `cargo xtask build` builds it. */

import { defineConfig } from 'vitepress';

import { finish } from './finish.ts';
import { anchor, repository, siteLink, sourceOf } from './links.ts';
import { sidebar } from './sidebar.ts';

const icon = { rel: 'icon', href: '/docs/favicon.svg', type: 'image/svg+xml' };

export default defineConfig({
  title: 'Kraiter',
  titleTemplate: ':title · Kraiter documentation',
  description: 'Send email through Amazon SES in your own AWS account.',
  lang: 'en-GB',
  base: '/docs/',
  cleanUrls: true,
  cacheDir: '../build/vitepress',
  head: [['link', icon]],
  rewrites: { 'README.md': 'index.md', 'probe/README.md': 'probe.md' },
  srcExclude: ['**/node_modules/**'],
  // The page of the interactive reference isn't made by VitePress. `finish` checks every link.
  ignoreDeadLinks: [/^\/api$/, /\.(json|mjs|yml|svg)$/],
  buildEnd: finish,
  vite: {
    // The content security policy blocks `data:` URLs for fonts.
    build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 1_000 },
  },
  markdown: {
    anchor: { slugify: anchor },
    image: { lazyLoad: true },
    config(md) {
      // Before links get the base path.
      md.core.ruler.push('empty-headers', ({ tokens }) => {
        for (const [index, token] of tokens.entries()) {
          const isEmpty = token.type === 'th_open' && tokens[index + 1]?.content === '';
          const close = tokens[index + 2];
          // An empty header cell has nothing to say to screen readers.
          if (isEmpty && close !== undefined) token.tag = close.tag = 'td';
        }
      });
      md.core.ruler.push('repository-links', ({ tokens, env }) => {
        const source = sourceOf(env.relativePath);
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          // Code isn't a template of Vue.
          if (token.type === 'code_inline') token.attrSet('v-pre', '');
          const href = token.type === 'link_open' ? token.attrGet('href') : null;
          if (href !== null) token.attrSet('href', siteLink(decodeURI(href), source));
        }
      });
    },
  },
  // For the link to edit the page.
  transformPageData: ({ relativePath }) => ({ filePath: sourceOf(relativePath) }),
  themeConfig: {
    logo: { src: '/favicon.svg', alt: '' },
    search: { provider: 'local' },
    sidebar,
    nav: [
      { text: 'Documentation', link: '/', activeMatch: '^/(?!api)' },
      { text: 'API', link: '/api', target: '_self' },
      { text: 'Dashboard', link: '/../', target: '_self' },
    ],
    outline: { level: [2, 3] },
    editLink: {
      pattern: `${repository}/edit/main/:path`,
      text: 'Edit this page',
    },
    externalLinkIcon: true,
  },
});
