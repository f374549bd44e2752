type Tone = 'grey' | 'amber' | 'green' | 'red';

/** Labels, colours and descriptions of the statuses. */
export const STATUS: Record<string, [label: string, tone: Tone, description: string]> = {
  scheduled: ['Scheduled', 'grey', 'Will be sent at the scheduled time.'],
  queued: ['Queued', 'grey', 'Accepted by Kraiter and waiting to be sent.'],
  sending: ['Sending', 'amber', 'Being sent to Amazon SES.'],
  unconfirmed: ['Unconfirmed', 'amber', 'The response from Amazon SES was lost. The email may have been sent.'],
  failed: ['Failed', 'red', 'Amazon SES didn’t accept the email.'],
  cancelled: ['Cancelled', 'grey', 'Cancelled before it was sent.'],
  sent: ['Sent', 'amber', 'Accepted by Amazon SES and being delivered.'],
  delivery_delayed: ['Delayed', 'amber', 'The recipient’s mail server can’t accept it yet. Amazon SES is retrying.'],
  rejected: ['Rejected', 'red', 'Rejected by Amazon SES.'],
  soft_bounced: ['Soft bounce', 'red', 'Temporarily bounced.'],
  delivered: ['Delivered', 'green', 'Accepted by the recipient’s mail server.'],
  opened: ['Opened', 'green', 'Opened by a recipient.'],
  clicked: ['Clicked', 'green', 'A recipient clicked a link.'],
  bounced: ['Bounced', 'red', 'Permanently bounced.'],
  complained: ['Complaint', 'red', 'Marked as spam by the recipient.'],
};

/** Returns whether the status is likely to change soon. */
export const isInProgress = (status: string) =>
  ['queued', 'sending', 'unconfirmed', 'sent', 'delivery_delayed'].includes(status);

/** Returns whether an email in this status can be cancelled. */
export const canCancel = (status: string) => ['scheduled', 'queued'].includes(status);

/** Describes a status in a sentence. */
export const describeStatus = (status: string) => STATUS[status]?.[2] ?? '';

/** Marks an email that a test key sent. */
export function TestTag() {
  return (
    <span class="tag info" title="Sent with a test key: it went to the mailbox simulator of Amazon SES.">
      Test
    </span>
  );
}

/** The status of an email as a tag. */
export function EmailStatus({ status }: { status: string }) {
  const [label, tone] = STATUS[status] ?? [status, 'grey'];
  return <span class={`tag ${tone}`}>{label}</span>;
}
