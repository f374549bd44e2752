import type { Email, EmailContent, Identity } from '@kraiter/sdk';

import type { Content } from './inline-content';

/** An email to send again, with its content if that is still stored. */
export interface Copied {
  email: Email;
  content: EmailContent;
}

/** Returns the part of the sender before the @. */
export const localPartOf = ({ email }: Copied): string => addressOf(email.from).split('@')[0] ?? '';

/** Returns the verified identity of the sender, in the email's region if it is verified there. */
export function senderOf({ email }: Copied, verified: readonly Identity[]): Identity | undefined {
  const address = addressOf(email.from).toLowerCase();
  const fits = ({ identity }: Identity) => address === identity || address.endsWith(`@${identity}`);
  return verified.find((one) => fits(one) && one.region === email.region) ?? verified.find(fits);
}

/** Returns the content, empty where it isn't stored. */
export const contentOf = ({ email, content }: Copied): Content => ({
  subject: email.subject,
  text: content.text ?? '',
  html: content.html ?? '',
});

/** Returns addresses, one per line. */
export const lines = (addresses: string[]): string => addresses.join('\n');

const addressOf = (mailbox: string) => /<([^<>]+)>\s*$/.exec(mailbox)?.[1] ?? mailbox;
