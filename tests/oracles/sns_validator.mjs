// Verifies messages with AWS's own `sns-validator`.
//
// In:  {"certificate": "<PEM>", "messages": ["<body as posted>", …]} on standard input.
// Out: one line, a JSON list with `null` for each valid message and the reason for each invalid one.
//
// `sns-validator` fetches the certificate over HTTPS. Here every URL returns the one from standard input.
import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

const require = createRequire(import.meta.url);
const { certificate, messages } = JSON.parse(await text(process.stdin));

require('node:https').get = (_url, callback) => {
  const response = Object.assign(new PassThrough(), { statusCode: 200 });
  queueMicrotask(() => {
    callback(response);
    response.end(certificate);
  });
  return response;
};

const Validator = require('sns-validator');
const verdict = (body) =>
  new Promise((resolve) => {
    try {
      new Validator().validate(body, (error) => resolve(error ? String(error.message ?? error) : null));
    } catch (error) {
      resolve(`exception: ${error.message}`);
    }
  });

const verdicts = [];
for (const body of messages) verdicts.push(await verdict(body));
console.log(JSON.stringify(verdicts));
