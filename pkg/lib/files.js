/** Reads files and encodes them. Loaded only for emails with files. */

import { KraiterError } from './error.js';

/** Returns bytes or a Blob as base64, or undefined for anything else. Accepts objects of other realms. */
export async function base64(content) {
  const buffer = typeof content?.arrayBuffer === 'function' ? await content.arrayBuffer() : content;
  const isView = ArrayBuffer.isView(buffer);
  if (!isView && Object.prototype.toString.call(buffer) !== '[object ArrayBuffer]') return undefined;
  const bytes = isView ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(buffer);
  const binary = [];
  // No more arguments than every engine accepts.
  for (let at = 0; at < bytes.length; at += 8192) binary.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return btoa(binary.join(''));
}

/** Returns the name of a URL's file. */
export function fileName({ pathname }) {
  const name = pathname.split('/').at(-1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Returns the content of a URL: of a file in Node.js, or of an https: URL, which is fetched without the API key. */
export async function readFile(url, field, { fetch = globalThis.fetch, timeout = 30_000, system, options }) {
  try {
    options?.signal?.throwIfAborted();
    if (url?.protocol === 'file:') {
      if (!system) throw new TypeError('A page can’t read files.');
      return await system.readFile(url);
    }
    if (url?.protocol !== 'https:') throw new TypeError('Not a URL object with file: or https:.');
    const signals = [options?.signal, AbortSignal.timeout(options?.timeout ?? timeout)];
    const response = await fetch(url.href, { signal: AbortSignal.any(signals.filter(Boolean)) });
    if (!response.ok) throw new TypeError(`The response has the status ${response.status}.`);
    return await response.arrayBuffer();
  } catch (cause) {
    if (options?.signal?.aborted)
      throw new KraiterError('aborted', 'The request was aborted.', { cause: options.signal.reason });
    const help =
      "Pass a URL such as new URL('invoice.pdf', import.meta.url), or the bytes as \"content\". The error's cause says more.";
    throw new KraiterError('invalid_content', `"${field}" couldn't be read.`, { field, help, cause });
  }
}
