import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Where the Worker listens while `vite` serves the pages. */
const worker = process.env['KRAITER_URL'] ?? 'http://127.0.0.1:8787';

export default defineConfig({
  resolve: { alias: { '@kraiter/sdk': fileURLToPath(new URL('./dev/sdk.ts', import.meta.url)) } },
  build: {
    target: 'es2022',
    // Inlined files would be `data:` URLs, which the content security policy refuses for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 5173, strictPort: true, proxy: { '/v1': worker } },
});
