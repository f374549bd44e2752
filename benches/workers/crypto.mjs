// Signs and verifies in a loop. `bench-wasm` is the crate in benches/wasm.
//
//   POST /sign?with=LIBRARY&bytes=N&times=N
//   POST /verify?with=LIBRARY&times=N

import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { AwsV4Signer } from 'aws4fetch';
import { initSync, Signer, Verifier } from 'bench-wasm';
import MessageValidator from 'sns-validator';
import wasm from './bench_wasm_bg.wasm';

initSync({ module: wasm });

const REGION = 'eu-west-1';
const URL_OF_SES = 'https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails';
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const headers = { 'content-type': 'application/json' };

/** Functions that sign a body and return the authorization. Keys that a library derives are cached, as in a Worker that lives on. */
const signers = {
  kraiter(body) {
    const signer = new Signer(new TextEncoder().encode(body), REGION);
    const now = Math.floor(Date.now() / 1000);
    return () => signer.sign(now);
  },
  aws4fetch(body) {
    const cache = new Map();
    return async () => {
      const signer = new AwsV4Signer({
        ...credentials,
        url: URL_OF_SES,
        method: 'POST',
        headers,
        body,
        service: 'ses',
        region: REGION,
        cache,
      });
      return (await signer.sign()).headers.get('authorization');
    };
  },
  'aws-sdk'(body) {
    const signer = new SignatureV4({ credentials, region: REGION, service: 'ses', sha256: Sha256 });
    const { hostname, pathname } = new URL(URL_OF_SES);
    return async () => {
      const request = {
        method: 'POST',
        protocol: 'https:',
        hostname,
        path: pathname,
        query: {},
        headers: { ...headers, host: hostname },
        body,
      };
      return (await signer.sign(request)).headers.authorization;
    };
  },
};

/** Functions that verify a message and return its ID. */
const verifiers = {
  kraiter({ message, topic, pem, now }) {
    const verifier = new Verifier(message, topic, pem, now);
    return () => verifier.verify(message);
  },
  'sns-validator'({ message, pem }) {
    // What the validator downloads (node.mjs).
    globalThis.certificate = pem;
    const validator = new MessageValidator();
    return () =>
      new Promise((resolve, reject) => {
        validator.validate(message, (error, valid) => (error ? reject(error) : resolve(valid.MessageId)));
      });
  },
};

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const library = searchParams.get('with');
    const run =
      pathname === '/sign'
        ? signers[library]('x'.repeat(Number(searchParams.get('bytes'))))
        : verifiers[library](await request.json());
    let result;
    for (let times = Number(searchParams.get('times')); times > 0; times--) result = await run();
    return new Response(result);
  },
};
