import type { Email, EmailEvent, EmailStep, Hold } from '@kraiter/sdk';

/** An entry of the delivery history: an action of Kraiter or an event of SES. */
export type Entry = { at: string; step: EmailStep } | { at: string; event: EmailEvent };

/**
 * Returns Kraiter's actions and SES's events in the order of their times. Kraiter records that an email was sent when SES responds,
 * so that step precedes the events.
 */
export function entriesOf({ history, events }: Email): Entry[] {
  const firstEvent = Math.min(...events.map(({ at }) => Date.parse(at)));
  let last = 0;
  const steps = history.map((step) => {
    const at = Date.parse(step.at);
    last = Math.max(last, step.step === 'sent' ? Math.min(at, firstEvent) : at);
    return { time: last, entry: { at: step.at, step } };
  });
  const reported = events.map((event) => ({ time: Date.parse(event.at), entry: { at: event.at, event } }));
  return [...steps, ...reported].sort((a, b) => a.time - b.time).map(({ entry }) => entry);
}

type Tone = 'grey' | 'amber' | 'green' | 'red';

const STEPS: Record<EmailStep['step'], [label: string, tone: Tone, description: string]> = {
  queued: ['Queued', 'grey', 'Kraiter sends it as soon as possible.'],
  sent: ['Sent to Amazon SES', 'grey', ''],
  failed: ['Not sent', 'red', ''],
  unconfirmed: [
    'Unconfirmed',
    'amber',
    'The response from Amazon SES was lost. Kraiter waits for an event that confirms it.',
  ],
  retried: ['Sent again', 'amber', 'No event confirmed the first attempt.'],
  confirmed: ['Confirmed', 'green', 'An event proves that Amazon SES accepted the email.'],
  rescheduled: ['Moved to another time', 'grey', ''],
  cancelled: ['Cancelled', 'grey', ''],
  unmatched_event: [
    'Event about another address',
    'amber',
    'A bounce or complaint named none of the recipients, so no address was suppressed.',
  ],
  gave_up: ['Gave up', 'amber', 'Whether Amazon SES accepted the email is unknown, so Kraiter doesn’t send it again.'],
};

/** Reasons of Kraiter for a step. Any other code is AWS's own. */
const KRAITER_REASONS: Record<Hold['reason'] | 'disconnected' | 'storage_put_back', string> = {
  rate: 'The account’s send rate is used up for the moment.',
  daily_quota: 'The account’s daily quota is used up. Kraiter sends the email when the quota allows it.',
  account_unread: 'The account’s sending limits haven’t been read yet.',
  connection: 'The AWS connection has a problem.',
  sending_paused: 'AWS has paused sending for the account.',
  permission_missing: 'The role isn’t allowed to send.',
  disconnected: 'The AWS account was disconnected.',
  storage_put_back: 'The organisation’s data was restored to an earlier time.',
};

const REASONS: Record<string, string> = KRAITER_REASONS;

export function describeStep({ step, code }: EmailStep): { label: string; tone: Tone; text: string; code?: string } {
  const [label, tone, description] = STEPS[step];
  const reason = code === undefined ? undefined : REASONS[code];
  return { label, tone, text: reason ?? description, ...(code !== undefined && reason === undefined ? { code } : {}) };
}

/** Explanations by type and subtype. https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types */
const BOUNCES: Record<string, string> = {
  'Permanent General': 'The recipient’s mail server refused the email for good. Usually the address doesn’t exist.',
  'Permanent NoEmail': 'The email bounced for good, but the bounce message doesn’t name the address.',
  'Permanent Suppressed':
    'Amazon SES didn’t send the email because the address has recently bounced for other senders (global suppression list).',
  'Permanent OnAccountSuppressionList':
    'Amazon SES didn’t send the email because the address is on the suppression list of your AWS account.',
  'Permanent UnsubscribedRecipient': 'Amazon SES didn’t send the email because the recipient has unsubscribed.',
  'Transient General':
    'The recipient’s mail server couldn’t accept the email for now, or answered with an automatic reply. A later email may arrive.',
  'Transient MailboxFull': 'The recipient’s mailbox is full.',
  'Transient MessageTooLarge': 'The email is larger than the recipient’s mail server accepts.',
  'Transient CustomTimeoutExceeded': 'The email couldn’t be delivered within the time limit for delivery.',
  'Transient ContentRejected': 'The recipient’s mail server refused the content of the email.',
  'Transient AttachmentRejected': 'The recipient’s mail server refused an attachment.',
  'Undetermined Undetermined': 'The email bounced, but the recipient’s mail server doesn’t say why.',
};

const BOUNCE_TYPES: Record<string, string> = {
  Permanent: 'The recipient’s mail server refused the email for good.',
  Transient: 'The recipient’s mail server couldn’t accept the email. A later email may arrive.',
  Undetermined: 'The email bounced, but the recipient’s mail server doesn’t say why.',
};

/** Explains a bounce in a sentence. */
export function explainBounce(detail: unknown): string {
  const { bounceType, bounceSubType } = (detail ?? {}) as { bounceType?: unknown; bounceSubType?: unknown };
  return (
    BOUNCES[`${bounceType} ${bounceSubType}`] ?? BOUNCE_TYPES[String(bounceType)] ?? 'The email could not be delivered.'
  );
}

/** Returns the addresses that an event can have caused to be suppressed: those it names, or every recipient. */
export const suppressibleAddresses = (email: Email): string[] => {
  const events = email.events.filter(({ type }) => type === 'bounce' || type === 'complaint');
  const addresses = events.flatMap(({ recipients }) => recipients);
  return events.length ? [...new Set([...addresses, ...email.to, ...email.cc, ...email.bcc].map(bareAddress))] : [];
};

/** Returns an address without its display name. */
const bareAddress = (mailbox: string) => /<([^<>]+)>\s*$/.exec(mailbox)?.[1] ?? mailbox;
