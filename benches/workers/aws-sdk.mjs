// A Worker that sends with the AWS SDK for JavaScript v3.

import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { cacheUntilExpiry, router, sesRequest } from './emails.mjs';

const clients = cacheUntilExpiry(async (roleArn, env, organisation) => {
  const sts = new STSClient({
    region: organisation.region,
    endpoint: env.AWS_ENDPOINT_URL,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
  });
  const { Credentials: session } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: organisation.id,
      ExternalId: organisation.external_id,
    }),
  );
  return {
    expiration: session.Expiration.getTime(),
    client: new SESv2Client({
      region: organisation.region,
      endpoint: env.AWS_ENDPOINT_URL,
      credentials: {
        accessKeyId: session.AccessKeyId,
        secretAccessKey: session.SecretAccessKey,
        sessionToken: session.SessionToken,
      },
    }),
  };
});

async function send(env, organisation, email) {
  const { client } = await clients(organisation.role_arn, env, organisation);
  const { MessageId } = await client.send(new SendEmailCommand(sesRequest(organisation, email)));
  return MessageId;
}

export default { fetch: router(send) };
