// Asks AWS's own `sns-validator` what it thinks of messages.
//
// In:  {"certificate": "<PEM>", "messages": ["<body as posted>", …]} on standard input.
// Out: one line, a JSON list with `null` for each message that passes and the reason for each that doesn't.
//
// `sns-validator` fetches the certificate over HTTPS; here every address gives the one that came in.
import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

const require = createRequire(import.meta.url);
const { certificate, messages } = JSON.parse(await text(process.stdin));

require('node:https').get = (_url, answer) => {
  const response = Object.assign(new PassThrough(), { statusCode: 200 });
  queueMicrotask(() => {
    answer(response);
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
      resolve(`it threw: ${error.message}`);
    }
  });

const verdicts = [];
for (const body of messages) verdicts.push(await verdict(body));
console.log(JSON.stringify(verdicts));
