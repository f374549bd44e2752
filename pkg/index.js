/**
 * The source of the entry for pages, with a bundler or without: dist/page/index.js, which is smaller than its parts. The WebAssembly
 * module stays a file of its own, which a page can cache.
 */

import { PlatformKraiter } from './lib/client.js';

export { isKraiterError, KraiterError } from './lib/error.js';

/** A page doesn't load this: only a server has the secret. */
export const verifyWebhook = async (...webhook) => (await import('./lib/verify.js')).verifyWebhook(...webhook);

const platform = {
  /** Bundlers recognise this expression. They copy the file and insert its URL. */
  source: () => new URL('../kraiter_bg.wasm', import.meta.url),
  help: "Check that its .wasm file is served and that the content security policy allows 'wasm-unsafe-eval'.",
};

export class Kraiter extends PlatformKraiter {
  constructor(options) {
    super(options, platform);
  }
}
