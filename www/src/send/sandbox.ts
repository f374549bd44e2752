import type { AwsBinding, Identity, Region } from '@kraiter/sdk';

/** Returns the region that an identity sends from. */
export const regionOf = (binding: AwsBinding, sender: Identity): Region | undefined =>
  binding.regions.find(({ region }) => region === sender.region);

/** Returns the recipients that SES rejects in the sandbox, judging by the verified identities of the region. */
export const unverifiedRecipients = (recipients: readonly string[], verified: readonly Identity[]): string[] =>
  recipients.filter((recipient) => recipient.includes('@') && !isAllowed(recipient, verified));

function isAllowed(recipient: string, verified: readonly Identity[]): boolean {
  const address = (/<([^<>]*)>\s*$/.exec(recipient)?.[1] ?? recipient).trim().toLowerCase();
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if (domain === 'simulator.amazonses.com') return true;
  return verified.some(({ identity, type }) =>
    type === 'domain' ? domain === identity || domain.endsWith(`.${identity}`) : identity.toLowerCase() === address,
  );
}
