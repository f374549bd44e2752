/** The entry for browsers, with a bundler or without, and for any other platform that can `fetch` the package's files. */

import { PlatformKraiter } from './lib/client.js';

export { isKraiterError, KraiterError } from './lib/error.js';

/** A page doesn't load this: only a server has the secret. */
export const verifyWebhook = async (...webhook) => (await import('./lib/verify.js')).verifyWebhook(...webhook);

/** Bundlers recognise this expression. They copy the file and insert its URL. */
const source = () => new URL('./dist/kraiter_bg.wasm', import.meta.url);

export class Kraiter extends PlatformKraiter {
  constructor(options) {
    super(options, source);
  }
}
