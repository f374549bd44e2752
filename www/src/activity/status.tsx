type Tone = 'grey' | 'amber' | 'green' | 'red';

const STATUS: Record<string, [word: string, tone: Tone, meaning: string]> = {
  scheduled: ['Scheduled', 'grey', 'It is sent at its time.'],
  queued: ['Queued', 'grey', 'Kraiter has taken it.'],
  sending: ['Sending', 'amber', 'It is on its way to Amazon SES.'],
  unconfirmed: ['Unconfirmed', 'amber', 'The answer of Amazon SES was lost: it may have been sent.'],
  failed: ['Failed', 'red', 'Amazon SES didn’t take it.'],
  cancelled: ['Cancelled', 'grey', 'It was taken back before it was sent.'],
  sent: ['Sent', 'amber', 'Amazon SES took it and is delivering.'],
  delivery_delayed: ['Delayed', 'amber', 'The recipient’s server can’t take it yet. Amazon SES tries again.'],
  rejected: ['Rejected', 'red', 'Amazon SES wouldn’t send it.'],
  soft_bounced: ['Soft bounce', 'red', 'It came back for a reason that may pass.'],
  delivered: ['Delivered', 'green', 'The recipient’s mail server took it.'],
  opened: ['Opened', 'green', 'It was opened.'],
  clicked: ['Clicked', 'green', 'A link in it was followed.'],
  bounced: ['Bounced', 'red', 'It came back for good.'],
  complained: ['Complaint', 'red', 'The recipient called it spam.'],
};

/** Whether more is likely to come for an email in this status soon. */
export const isMoving = (status: string) =>
  ['queued', 'sending', 'unconfirmed', 'sent', 'delivery_delayed'].includes(status);

/** Whether an email in this status may be taken back. */
export const canCancel = (status: string) => ['scheduled', 'queued'].includes(status);

/** What a status means, in a sentence. */
export const meaning = (status: string) => STATUS[status]?.[2] ?? '';

/** What has become of an email, in a word. */
export function Status({ status }: { status: string }) {
  const [word, tone] = STATUS[status] ?? [status, 'grey'];
  return <span class={`tag ${tone}`}>{word}</span>;
}
