// Signs every request of a JSON list on stdin with aws4fetch and writes the Authorization headers as JSON.

import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { AwsV4Signer } from 'aws4fetch';

async function sign(request) {
  const body = Buffer.from(request.body, 'base64');
  const headers = new Headers(request.headers);
  if (request.service === 's3') {
    // Left to itself, aws4fetch does not sign the body for S3.
    headers.set('x-amz-content-sha256', createHash('sha256').update(body).digest('hex'));
  }
  const signer = new AwsV4Signer({
    method: request.method,
    url: request.url,
    headers,
    body,
    accessKeyId: request.accessKeyId,
    secretAccessKey: request.secretAccessKey,
    sessionToken: request.sessionToken,
    service: request.service,
    region: request.region,
    datetime: request.time,
    // Left to itself, it leaves out Content-Type and others that may be signed.
    allHeaders: true,
  });
  return { authorization: await signer.authHeader(), canonicalRequest: await signer.canonicalString() };
}

const requests = JSON.parse(await text(process.stdin));
const answers = [];
for (const request of requests) answers.push(await sign(request));
process.stdout.write(JSON.stringify(answers));
