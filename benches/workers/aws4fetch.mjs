// A Worker that sends with aws4fetch.

import { AwsClient } from 'aws4fetch';
import { cacheUntilExpiry, router, sesRequest } from './emails.mjs';
import { receive } from './sns.mjs';

const clients = cacheUntilExpiry(async (roleArn, env, organisation) => {
  const sts = new AwsClient({
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    service: 'sts',
    region: organisation.region,
  });
  const response = await sts.fetch(`${env.AWS_ENDPOINT_URL}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: roleArn,
      RoleSessionName: organisation.id,
      ExternalId: organisation.external_id,
    }).toString(),
  });
  const xml = await response.text();
  if (!response.ok) throw new Error(xml);
  const field = (name) => xml.match(new RegExp(`<${name}>([^<]+)</${name}>`))?.[1];
  return {
    expiration: Date.parse(field('Expiration')),
    client: new AwsClient({
      accessKeyId: field('AccessKeyId'),
      secretAccessKey: field('SecretAccessKey'),
      sessionToken: field('SessionToken'),
      service: 'ses',
      region: organisation.region,
    }),
  };
});

async function send(env, organisation, email) {
  const { client } = await clients(organisation.role_arn, env, organisation);
  const response = await client.fetch(`${env.AWS_ENDPOINT_URL}/v2/email/outbound-emails`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(sesRequest(organisation, email)),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.message);
  return body.MessageId;
}

export default { fetch: router(send, { '/webhooks/sns/': receive }) };
