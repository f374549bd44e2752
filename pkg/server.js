/**
 * The source of the entries for Node.js, Deno, Bun and every other server, dist/server.js and dist/server.cjs. They hold the
 * WebAssembly module, so that no bundler has to copy a file.
 */

import bytes from './dist/kraiter_bg.wasm';

import { PlatformKraiter } from './lib/client.js';
import { system } from './lib/system.js';

export { isKraiterError, KraiterError } from './lib/error.js';
export { verifyWebhook } from './lib/verify.js';

const platform = {
  system,
  source: () => bytes,
  help:
    'If the runtime forbids compiling WebAssembly, bundle the package with the condition "workerd" (Cloudflare Workers) ' +
    'or "edge-light" (Vercel).',
};

export class Kraiter extends PlatformKraiter {
  constructor(options) {
    super(options, platform);
  }
}
