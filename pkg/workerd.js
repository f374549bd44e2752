/** For Cloudflare Workers, which compile modules when they are deployed and at no other time. */

import module from './dist/kraiter_bg.wasm';

import { PlatformKraiter } from './lib/client.js';

export { isKraiterError, KraiterError } from './lib/error.js';

const source = () => module;

export class Kraiter extends PlatformKraiter {
  constructor(options) {
    super(options, source);
  }
}
