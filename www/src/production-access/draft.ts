import type { AccountSuppressionReason, DnsAdvice } from '@kraiter/sdk';

import type { MailType } from './command.js';

/** The longest use case description that SES accepts. */
export const MAX_USE_CASE = 5_000;

/** What Kraiter knows. A fact that isn't known is false or null, and the draft doesn't mention it. */
export interface Facts {
  domain: string;
  region: string;
  isVerified: boolean;
  hasDkim: boolean;
  /** The domain's DMARC record, if it is valid. */
  dmarcRecord: string | null;
  hasEvents: boolean;
  /** What the account-level suppression list of SES contains. */
  suppressedReasons: readonly AccountSuppressionReason[];
}

/** What only the user knows. */
export interface Answers {
  mailType: MailType;
  website: string;
  /** What is sent, who gets it and how often. */
  content: string;
  /** How recipients agreed. */
  consent: string;
  /** Whether the emails are sent with a one-click unsubscribe link. */
  hasUnsubscribe: boolean;
}

export const NO_ANSWERS: Answers = {
  mailType: 'TRANSACTIONAL',
  website: '',
  content: '',
  consent: '',
  hasUnsubscribe: false,
};

/** Returns a domain's DMARC record, if nothing is wrong with it. */
export function dmarcRecord(advice: readonly DnsAdvice[]): string | null {
  const dmarc = advice.find(({ purpose }) => purpose === 'dmarc');
  return dmarc?.action === 'keep' ? (dmarc.found[0] ?? null) : null;
}

/** Returns the answers that are missing for a request. */
export function missingAnswers({ website, content, consent }: Answers): ('website' | 'content' | 'consent')[] {
  return [
    ...(/^https?:\/\/[^\s/]+\.\S+$/i.test(website.trim()) ? [] : (['website'] as const)),
    ...(content.trim() ? [] : (['content'] as const)),
    ...(consent.trim() ? [] : (['consent'] as const)),
  ];
}

/** Drafts the use case description. It contains the user's answers and facts that were checked, and nothing else. */
export function draftUseCase(facts: Facts, answers: Answers): string {
  const { domain, region, isVerified, hasDkim, dmarcRecord, hasEvents, suppressedReasons } = facts;
  const authentication = [
    hasDkim && 'is signed with DKIM',
    dmarcRecord !== null && `has the DMARC record "${dmarcRecord}"`,
  ].filter(Boolean);
  return [
    answers.content.trim(),
    answers.consent.trim(),
    isVerified &&
      `We send from ${domain}, which is verified in ${region}${authentication.length > 0 ? `, ${authentication.join(' and ')}` : ''}.`,
    hasEvents &&
      'SES publishes bounces and complaints to an SNS topic, from which our sending platform processes them automatically: it suppresses addresses after a hard bounce or a complaint, and sends no further email to them.',
    suppressedReasons.length > 0 &&
      `The account-level suppression list of SES is on for ${suppressedReasons.map((reason) => `${reason}s`).join(' and ')}.`,
    answers.mailType === 'MARKETING' &&
      answers.hasUnsubscribe &&
      'Each marketing email has a one-click unsubscribe link (RFC 8058). Addresses that unsubscribe are suppressed automatically.',
  ]
    .filter(Boolean)
    .join('\n\n');
}
