import type { AwsBinding, Identity, Region } from '@kraiter/sdk';

/** What is known of the region that an identity sends from. */
export const regionOf = (binding: AwsBinding, sender: Identity): Region | undefined =>
  binding.regions.find(({ region }) => region === sender.region);

/** The recipients that SES refuses in the sandbox, as far as the verified identities of its region tell. */
export const refusedIn = (recipients: readonly string[], verified: readonly Identity[]): string[] =>
  recipients.filter((recipient) => recipient.includes('@') && !mayReceive(recipient, verified));

function mayReceive(recipient: string, verified: readonly Identity[]): boolean {
  const address = (/<([^<>]*)>\s*$/.exec(recipient)?.[1] ?? recipient).trim().toLowerCase();
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if (domain === 'simulator.amazonses.com') return true;
  return verified.some(({ identity, type }) =>
    type === 'domain' ? domain === identity || domain.endsWith(`.${identity}`) : identity.toLowerCase() === address,
  );
}
