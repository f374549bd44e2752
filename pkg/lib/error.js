/** Marks errors of every copy of the package. `instanceof` only works within one copy. */
const BRAND = Symbol.for('@kraiter/sdk KraiterError');

const FIELDS = ['field', 'status', 'requestId', 'help', 'awsCode'];

export class KraiterError extends Error {
  constructor(code, message, details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    for (const field of FIELDS) if (details[field] !== undefined) this[field] = details[field];
  }

  get name() {
    return 'KraiterError';
  }

  get [BRAND]() {
    return true;
  }
}

export const isKraiterError = (error) => typeof error === 'object' && error !== null && error[BRAND] === true;

/** Converts an error of the WebAssembly module. */
export const toError = (fields, cause) => new KraiterError(fields.code, fields.message, { ...fields, cause });
