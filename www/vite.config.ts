import { defineConfig } from 'vite';

/** Where the Worker listens while `vite` serves the pages. */
const worker = process.env.KRAITER_URL ?? 'http://127.0.0.1:8787';

export default defineConfig({
  build: {
    target: 'es2022',
    // Inlined files would be `data:` URLs, which the content security policy refuses for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // The Worker takes a change only from a page of its own.
  server: { port: 5173, strictPort: true, proxy: { '/v1': { target: worker, headers: { origin: worker } } } },
});
