import { defineConfig } from 'vite';

/** The Worker's origin while Vite serves the pages. */
const worker = process.env.KRAITER_URL ?? 'http://127.0.0.1:8787';

export default defineConfig({
  build: {
    target: 'es2022',
    // The content security policy blocks `data:` URLs for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // The Worker accepts changes only from its own origin.
  server: { port: 5173, strictPort: true, proxy: { '/v1': { target: worker, headers: { origin: worker } } } },
});
