import type { Email, EmailEvent, EmailStep, Suppression, SuppressionReason } from '@kraiter/sdk';

import { Time } from '../components/time';
import { SuppressionLink } from '../suppressions/link';
import { describeStep, entriesOf, explainBounce } from './history';

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

/** Reasons of suppressions that an event can cause. */
const REASONS_OF: Record<string, SuppressionReason[]> = {
  bounce: ['bounce', 'soft_bounces'],
  complaint: ['complaint'],
};

/** Kraiter's actions on an email and SES's events, from its acceptance onwards. */
export function Timeline({ email, suppressions }: { email: Email; suppressions: Suppression[] }) {
  // The step says why.
  const isExplained = email.history.some(({ step }) => step === 'failed' || step === 'cancelled');
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
      {entriesOf(email).map((entry, n) =>
        'step' in entry ? (
          <Step key={`${entry.at} ${n}`} step={entry.step} error={email.error} />
        ) : (
          <Event key={`${entry.at} ${n}`} event={entry.event} suppressions={suppressions} />
        ),
      )}
      {email.error && !isExplained && (
        <li class={email.status === 'failed' ? 'red' : 'amber'}>
          <p class="title">{email.status === 'failed' ? 'Not sent' : 'Last error'}</p>
          <ErrorText error={email.error} />
        </li>
      )}
    </ol>
  );
}

function Step({ step, error }: { step: EmailStep; error: Email['error'] }) {
  const { label, tone, text, code } = describeStep(step);
  return (
    <li class={tone}>
      <p class="title">{label}</p>
      <p class="time">
        <Time at={step.at} />
      </p>
      {step.step === 'failed' && error ? (
        <ErrorText error={error} />
      ) : (
        (text || code) && (
          <p>
            {text} {code && <code>{code}</code>}
          </p>
        )
      )}
    </li>
  );
}

const ErrorText = ({ error }: { error: NonNullable<Email['error']> }) => (
  <p>
    {error.message} <code>{error.code}</code>
  </p>
);

function Event({ event, suppressions }: { event: EmailEvent; suppressions: Suppression[] }) {
  const [label, tone] = EVENTS[event.type] ?? [event.type.replace(/^other:/, ''), 'grey'];
  const details = [...eventDetails(event.detail)];
  return (
    <li class={event.type === 'bounce' && details.some(([, value]) => value === 'Transient') ? 'amber' : tone}>
      <p class="title">{label}</p>
      <p class="time">
        <Time at={event.at} />
      </p>
      {event.recipients.length > 0 && <p class="muted">{event.recipients.join(', ')}</p>}
      {event.type === 'bounce' && <p>{explainBounce(event.detail)}</p>}
      {suppressions
        .filter(({ reason }) => REASONS_OF[event.type]?.includes(reason))
        .map(({ address }) => (
          <p key={address}>
            Kraiter no longer sends to <SuppressionLink address={address} />.
          </p>
        ))}
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
