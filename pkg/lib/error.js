/** The same symbol in every copy of the package: `instanceof` knows only the class of its own copy. */
const BRAND = Symbol.for('@kraiter/sdk KraiterError');

const FIELDS = ['field', 'status', 'requestId', 'help', 'awsCode'];

export class KraiterError extends Error {
  constructor(code, message, more = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    for (const field of FIELDS) if (more[field] !== undefined) this[field] = more[field];
  }

  get name() {
    return 'KraiterError';
  }

  get [BRAND]() {
    return true;
  }
}

export const isKraiterError = (error) => typeof error === 'object' && error !== null && error[BRAND] === true;

/** What the WebAssembly module says of a failure, as an error. */
export const toError = (failure, cause) => new KraiterError(failure.code, failure.message, { ...failure, cause });
