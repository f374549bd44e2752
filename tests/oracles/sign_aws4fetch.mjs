// Signs each request of a JSON list on stdin with aws4fetch. Prints the Authorization headers as JSON.

import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { AwsV4Signer } from 'aws4fetch';

async function sign(request) {
  const body = Buffer.from(request.body, 'base64');
  const headers = new Headers(request.headers);
  if (request.service === 's3') {
    // By default, aws4fetch doesn't sign the body for S3.
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
    // By default, it doesn't sign Content-Type and some other headers.
    allHeaders: true,
  });
  return { authorization: await signer.authHeader(), canonicalRequest: await signer.canonicalString() };
}

const requests = JSON.parse(await text(process.stdin));
const signatures = [];
for (const request of requests) signatures.push(await sign(request));
process.stdout.write(JSON.stringify(signatures));
