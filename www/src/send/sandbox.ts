import type { AwsBinding, Identity } from '@kraiter/sdk';

/** Whether the sandbox's rules are known to hold for mail from an identity: they are its region's. */
export const isSandboxed = (binding: AwsBinding, sender: Identity): boolean =>
  binding.regions.some(({ region, sandbox }) => region === sender.region && sandbox === true);

/** Whether SES sends to an address from the sandbox, as far as the verified identities of its region tell. */
export function mayReceive(address: string, verified: readonly Identity[]): boolean {
  const recipient = address.trim().toLowerCase();
  const domain = recipient.slice(recipient.lastIndexOf('@') + 1);
  if (domain === 'simulator.amazonses.com') return true;
  return verified.some(({ identity, type }) =>
    type === 'domain' ? domain === identity || domain.endsWith(`.${identity}`) : identity.toLowerCase() === recipient);
}
