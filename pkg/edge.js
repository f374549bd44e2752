/** The entry for Vercel's Edge Runtime, which can only compile a module when a function is built. Next.js recognises `?module`. */

import module from './dist/kraiter_bg.wasm?module';

import { PlatformKraiter } from './lib/client.js';
import { system } from './lib/system.js';

export { isKraiterError, KraiterError } from './lib/error.js';
export { verifyWebhook } from './lib/verify.js';

const platform = {
  system,
  source: () => module,
  help: 'Build the function with Next.js or the Vercel CLI, which compile the .wasm file.',
};

export class Kraiter extends PlatformKraiter {
  constructor(options) {
    super(options, platform);
  }
}
