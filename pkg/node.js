/** The entry for Node.js, whose `fetch` can't read files. */

import { readFile } from 'node:fs/promises';

import { PlatformKraiter } from './lib/client.js';

export { isKraiterError, KraiterError } from './lib/error.js';
export { verifyWebhook } from './lib/verify.js';

const source = () => readFile(new URL('./dist/kraiter_bg.wasm', import.meta.url));

export class Kraiter extends PlatformKraiter {
  constructor(options) {
    super(options, source);
  }
}
