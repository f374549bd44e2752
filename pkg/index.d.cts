/** The types for CommonJS. They are those of the ES module. */

import type * as sdk from './index.js' with { 'resolution-mode': 'import' };

export type * from './index.js' with { 'resolution-mode': 'import' };

export declare const Kraiter: typeof sdk.Kraiter;
export type Kraiter = sdk.Kraiter;
export declare const KraiterError: typeof sdk.KraiterError;
export type KraiterError = sdk.KraiterError;
export declare const isKraiterError: typeof sdk.isKraiterError;
export declare const verifyWebhook: typeof sdk.verifyWebhook;
