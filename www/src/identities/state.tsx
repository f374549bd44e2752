import type { Identity, VerificationStatus } from '@kraiter/sdk';

const WORDS: Record<VerificationStatus, [tone: string, word: string]> = {
  success: ['green', 'Verified'],
  pending: ['amber', 'Pending'],
  failed: ['red', 'Failed'],
  temporary_failure: ['red', 'Failing'],
  not_started: ['grey', 'Not started'],
};

/** How far an identity is, in a word. */
export function State({ identity }: { identity: Identity }) {
  const [tone, word] = identity.verified ? WORDS.success : (WORDS[identity.verificationStatus] ?? WORDS.pending);
  return <span class={`tag ${tone}`}>{word}</span>;
}

const DKIM: Record<VerificationStatus, string> = {
  success: 'DKIM signs every email.',
  pending: 'AWS is looking for the records.',
  failed: 'AWS has not found the records in 72 hours. Publish them, then add the domain again.',
  temporary_failure: 'AWS can’t find the records any more. Publish them again, or mail stops being signed.',
  not_started: 'DKIM has not been started.',
};

/** What has to be done for a domain, or that nothing has. */
export function domainHint({ verified, dkimStatus }: Identity): string {
  return `${verified ? '' : 'Publish these records at your DNS provider. '}${dkimStatus ? DKIM[dkimStatus] : ''}`;
}

export const ADDRESS_HINT =
  'AWS has sent a mail to this address. Open the link in it within 24 hours; this page notices.';
