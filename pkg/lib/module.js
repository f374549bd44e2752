import init from '../dist/kraiter.js';
import { KraiterError } from './error.js';

let loading;

/** Loads the WebAssembly module once for all clients, from what the platform's source returns. The next call retries a failed load. */
export const load = ({ source, help }) =>
  (loading ??= Promise.resolve()
    .then(async () => init({ module_or_path: await source() }))
    .catch((cause) => {
      loading = undefined;
      throw new KraiterError('module_not_loaded', 'The WebAssembly module of @kraiter/sdk could not be loaded.', {
        help,
        cause,
      });
    }));
