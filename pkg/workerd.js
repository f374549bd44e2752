/** The entry for Cloudflare Workers, which can only compile a module when they are deployed. */

import module from './dist/kraiter_bg.wasm';

import { PlatformKraiter } from './lib/client.js';
import { system } from './lib/system.js';

export { isKraiterError, KraiterError } from './lib/error.js';
export { verifyWebhook } from './lib/verify.js';

const platform = {
  system,
  source: () => module,
  help: 'Build the Worker with wrangler, which compiles the .wasm file.',
};

export class Kraiter extends PlatformKraiter {
  constructor(options) {
    super(options, platform);
  }
}
