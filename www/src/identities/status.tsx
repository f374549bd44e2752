import type { Identity, VerificationStatus } from '@kraiter/sdk';

const STATUSES: Record<VerificationStatus, [tone: string, label: string]> = {
  success: ['green', 'Verified'],
  pending: ['amber', 'Pending'],
  failed: ['red', 'Failed'],
  temporary_failure: ['red', 'Temporary failure'],
  not_started: ['grey', 'Not started'],
};

/** The verification status of an identity as a tag. */
export function IdentityStatus({ identity }: { identity: Identity }) {
  const [tone, label] = identity.verified
    ? STATUSES.success
    : (STATUSES[identity.verificationStatus] ?? STATUSES.pending);
  return <span class={`tag ${tone}`}>{label}</span>;
}

const DKIM: Record<VerificationStatus, string> = {
  success: 'Every email is signed with DKIM.',
  pending: 'AWS is checking for the records.',
  failed: 'AWS didn’t find the records within 72 hours. Publish them, then add the domain again.',
  temporary_failure: 'AWS can no longer find the records. Publish them again, or email will be sent unsigned.',
  not_started: 'DKIM verification hasn’t started.',
};

/** Returns what to do for a domain, or its DKIM state if nothing. */
export function domainHint({ verified, dkimStatus }: Identity): string {
  return `${verified ? '' : 'Publish these records at your DNS provider. '}${dkimStatus ? DKIM[dkimStatus] : ''}`;
}

export const ADDRESS_HINT =
  'AWS has sent an email to this address. Open the link in it within 24 hours. This page updates automatically.';
