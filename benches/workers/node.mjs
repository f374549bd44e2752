// What sns-validator uses of Node.js: workerd's own functions, and a download that needs no network.

export { createVerify } from 'node:crypto';
export { parse } from 'node:url';

/** Responds with the certificate, like `https.get`. */
export function get(_url, callback) {
  const response = {
    statusCode: 200,
    on(event, listener) {
      if (event === 'data') listener(globalThis.certificate);
      if (event === 'end') listener();
      return response;
    },
  };
  callback(response);
  return { on() {} };
}
