import type { Email, EmailEvent } from '@kraiter/sdk';

import { Time } from '../parts/time';

const EVENTS: Record<string, [word: string, tone: string]> = {
  send: ['Amazon SES took it', 'grey'],
  delivery: ['Delivered', 'green'],
  bounce: ['Bounced', 'red'],
  complaint: ['Marked as spam', 'red'],
  reject: ['Rejected by Amazon SES', 'red'],
  open: ['Opened', 'green'],
  click: ['Link followed', 'green'],
  renderingFailure: ['Template can’t be rendered', 'red'],
  deliveryDelay: ['Delivery delayed', 'amber'],
  subscription: ['Subscription preferences changed', 'grey'],
};

/** The parts of SES's detail that a person asks for, wherever they stand in it. */
const TOLD: Record<string, string> = {
  bounceType: 'Type',
  bounceSubType: 'Subtype',
  diagnosticCode: 'Answer',
  smtpResponse: 'Answer',
  status: 'Status',
  complaintFeedbackType: 'Feedback',
  delayType: 'Cause',
  reason: 'Reason',
  errorMessage: 'Error',
  link: 'Link',
  userAgent: 'By',
};

/** What happened to an email, from its acceptance on. */
export function Timeline({ email }: { email: Email }) {
  return (
    <ol class="timeline">
      <li class="grey">
        <p class="what">Accepted by Kraiter</p>
        <p class="when">
          <Time at={email.createdAt} />
        </p>
      </li>
      {email.scheduledAt !== null && (
        <li class="grey">
          <p class="what">{email.status === 'scheduled' ? 'To be sent' : 'Scheduled for'}</p>
          <p class="when">
            <Time at={email.scheduledAt} />
          </p>
        </li>
      )}
      {email.history
        .filter(({ step }) => step === 'cancelled')
        .map(({ at }) => (
          <li key={at} class="grey">
            <p class="what">Cancelled</p>
            <p class="when">
              <Time at={at} />
            </p>
          </li>
        ))}
      {email.events.map((event, n) => (
        <Event key={`${event.type} ${event.at} ${n}`} event={event} />
      ))}
      {email.error && (
        <li class="red">
          <p class="what">Not sent</p>
          <p>
            {email.error.message} <code>{email.error.code}</code>
          </p>
        </li>
      )}
    </ol>
  );
}

function Event({ event }: { event: EmailEvent }) {
  const [word, tone] = EVENTS[event.type] ?? [event.type.replace(/^other:/, ''), 'grey'];
  const told = [...facts(event.detail)];
  return (
    <li class={event.type === 'bounce' && told.some(([, value]) => value === 'Transient') ? 'amber' : tone}>
      <p class="what">{word}</p>
      <p class="when">
        <Time at={event.at} />
      </p>
      {event.recipients.length > 0 && <p class="muted">{event.recipients.join(', ')}</p>}
      {told.length > 0 && (
        <dl class="told">
          {told.map(([name, value], n) => (
            <div key={n}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {isObject(event.detail) && Object.keys(event.detail).length > 0 && (
        <details class="raw">
          <summary>As SES published it</summary>
          <pre role="group" tabIndex={0} aria-label={`${word}, as SES published it`}>
            <code>{JSON.stringify(event.detail, null, 2)}</code>
          </pre>
        </details>
      )}
    </li>
  );
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Pairs of name and value found in SES's detail, lists of recipients included. */
function* facts(detail: unknown): Generator<[string, string]> {
  if (!isObject(detail)) return;
  for (const [key, value] of Object.entries(detail)) {
    const name = TOLD[key];
    if (name && (typeof value === 'string' || typeof value === 'number') && value !== '') yield [name, String(value)];
    else if (isObject(value)) yield* facts(value);
  }
}
