import type { ConnectDetails } from '@kraiter/sdk';

/** The subject of the email to a colleague. */
export const SHARE_SUBJECT = 'Connect our AWS account to Kraiter';

/**
 * Returns the text for a colleague who has access to the AWS account. It reveals nothing that the link alone doesn't reveal.
 */
export function shareText({ quickCreateUrl, kraiterAccountId }: ConnectDetails): string {
  return `Please create this CloudFormation stack in our AWS account, so that we can send email through Amazon SES with Kraiter:

${quickCreateUrl}

The link opens the AWS console with every field filled in. Select the acknowledgement and choose "Create stack". It takes about a minute.

The stack creates:
- an IAM role that only Kraiter's AWS account ${kraiterAccountId} can assume, and only with our external ID. It can send email and manage SES identities and configuration sets, nothing else.
- an SES configuration set and an SNS topic that report deliveries, bounces and complaints.
- a subscription of the topic that posts these events to Kraiter.

No code runs in our account. Deleting the stack removes everything that it created.

Please treat the link as a secret until the stack exists, and change none of the fields.
`;
}
