import type { AwsBinding, Identity } from '@kraiter/sdk';

/** Whether the sandbox's rules are known to hold for mail from an identity. They are a region's, and only the stack's region is looked at. */
export const isSandboxed = (binding: AwsBinding, sender: Identity): boolean => binding.sandbox === true && sender.region === binding.stackRegion;

/** Whether SES sends to an address from the sandbox, as far as the verified identities of its region tell. */
export function mayReceive(address: string, verified: readonly Identity[]): boolean {
  const recipient = address.trim().toLowerCase();
  const domain = recipient.slice(recipient.lastIndexOf('@') + 1);
  if (domain === 'simulator.amazonses.com') return true;
  return verified.some(({ identity, type }) =>
    type === 'domain' ? domain === identity || domain.endsWith(`.${identity}`) : identity.toLowerCase() === recipient);
}
