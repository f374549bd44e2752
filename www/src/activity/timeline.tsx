import type { Email, EmailEvent } from '@kraiter/sdk';

import { Time } from '../components/time';

const EVENTS: Record<string, [label: string, tone: string]> = {
  send: ['Accepted by Amazon SES', 'grey'],
  delivery: ['Delivered', 'green'],
  bounce: ['Bounced', 'red'],
  complaint: ['Marked as spam', 'red'],
  reject: ['Rejected by Amazon SES', 'red'],
  open: ['Opened', 'green'],
  click: ['Clicked', 'green'],
  renderingFailure: ['Template rendering failed', 'red'],
  deliveryDelay: ['Delivery delayed', 'amber'],
  subscription: ['Subscription preferences changed', 'grey'],
};

/** Labels of the event details to show, at any depth of the SES event. */
const DETAIL_LABELS: Record<string, string> = {
  bounceType: 'Type',
  bounceSubType: 'Subtype',
  diagnosticCode: 'Server response',
  smtpResponse: 'Server response',
  status: 'Status',
  complaintFeedbackType: 'Complaint type',
  delayType: 'Delay type',
  reason: 'Reason',
  errorMessage: 'Error',
  link: 'Link',
  userAgent: 'User agent',
};

/** The events of an email, from its acceptance onwards. */
export function Timeline({ email }: { email: Email }) {
  return (
    <ol class="timeline">
      <li class="grey">
        <p class="title">Accepted by Kraiter</p>
        <p class="time">
          <Time at={email.createdAt} />
        </p>
      </li>
      {email.scheduledAt !== null && (
        <li class="grey">
          <p class="title">{email.status === 'scheduled' ? 'Scheduled to be sent' : 'Scheduled for'}</p>
          <p class="time">
            <Time at={email.scheduledAt} />
          </p>
        </li>
      )}
      {email.history
        .filter(({ step }) => step === 'cancelled')
        .map(({ at }) => (
          <li key={at} class="grey">
            <p class="title">Cancelled</p>
            <p class="time">
              <Time at={at} />
            </p>
          </li>
        ))}
      {email.events.map((event, n) => (
        <Event key={`${event.type} ${event.at} ${n}`} event={event} />
      ))}
      {email.error && (
        <li class="red">
          <p class="title">Not sent</p>
          <p>
            {email.error.message} <code>{email.error.code}</code>
          </p>
        </li>
      )}
    </ol>
  );
}

function Event({ event }: { event: EmailEvent }) {
  const [label, tone] = EVENTS[event.type] ?? [event.type.replace(/^other:/, ''), 'grey'];
  const details = [...eventDetails(event.detail)];
  return (
    <li class={event.type === 'bounce' && details.some(([, value]) => value === 'Transient') ? 'amber' : tone}>
      <p class="title">{label}</p>
      <p class="time">
        <Time at={event.at} />
      </p>
      {event.recipients.length > 0 && <p class="muted">{event.recipients.join(', ')}</p>}
      {details.length > 0 && (
        <dl class="event-details">
          {details.map(([name, value], n) => (
            <div key={n}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {isObject(event.detail) && Object.keys(event.detail).length > 0 && (
        <details class="raw">
          <summary>Raw SES event</summary>
          <pre role="group" tabIndex={0} aria-label={`Raw SES event: ${label}`}>
            <code>{JSON.stringify(event.detail, null, 2)}</code>
          </pre>
        </details>
      )}
    </li>
  );
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Yields the label and value of each known detail of an SES event, including those of its recipients. */
function* eventDetails(detail: unknown): Generator<[string, string]> {
  if (!isObject(detail)) return;
  for (const [key, value] of Object.entries(detail)) {
    const label = DETAIL_LABELS[key];
    if (label && (typeof value === 'string' || typeof value === 'number') && value !== '') yield [label, String(value)];
    else if (isObject(value)) yield* eventDetails(value);
  }
}
