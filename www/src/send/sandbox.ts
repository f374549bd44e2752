import type { Identity } from '@kraiter/sdk';

/** Amazon's test addresses. They work in the sandbox, and count neither for rates nor for reputation. */
export const SIMULATOR = [
  { address: 'success@simulator.amazonses.com', name: 'Success', what: 'is delivered' },
  { address: 'bounce@simulator.amazonses.com', name: 'Bounce', what: 'comes back: no such user' },
  { address: 'complaint@simulator.amazonses.com', name: 'Complaint', what: 'is delivered and marked as spam' },
  { address: 'ooto@simulator.amazonses.com', name: 'Out of office', what: 'is answered automatically' },
  { address: 'suppressionlist@simulator.amazonses.com', name: 'Suppressed', what: 'is on Amazon’s suppression list' },
] as const;

/** Whether SES sends to an address from the sandbox, as far as the identities known here tell. Labels after a `+` don't matter to SES's simulator. */
export function mayReceive(address: string, verified: readonly Identity[]): boolean {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1).trim().toLowerCase();
  if (domain === 'simulator.amazonses.com') return true;
  return verified.some(({ identity, type }) =>
    type === 'domain' ? domain === identity || domain.endsWith(`.${identity}`) : identity.toLowerCase() === address.trim().toLowerCase());
}
