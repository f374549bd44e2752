/** For browsers, by a bundler or as plain modules, and for whatever else has `fetch` for the package's own files. */

import { PlatformKraiter } from './lib/client.js';

export { isKraiterError, KraiterError } from './lib/error.js';

/** Bundlers know this form: they ship the file and put its address here. */
const source = () => new URL('./dist/kraiter_bg.wasm', import.meta.url);

export class Kraiter extends PlatformKraiter {
  constructor(options) {
    super(options, source);
  }
}
