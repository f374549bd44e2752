// Replaces `fetch` in the JavaScript that wasm-bindgen generates. The path is that of the package.
export { fetch } from '../lib/fetch.js';
