import { type Email, isKraiterError, type Suppression } from '@kraiter/sdk';
import { useEffect, useRef } from 'preact/hooks';
import { useRoute } from 'preact-iso';

import { CancelEmail } from '../activity/cancel';
import { Content } from '../activity/content';
import { suppressibleAddresses } from '../activity/history';
import { MoveEmail } from '../activity/move';
import { canCancel, describeStatus, EmailStatus, isInProgress, TestTag } from '../activity/status';
import { Timeline } from '../activity/timeline';
import { useAnnouncer } from '../components/announcer';
import { CopyableValue } from '../components/copy-button';
import { Icon } from '../components/icon';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { formatSize } from '../format';
import { usePlaces } from '../hooks/use-places';
import { useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';
import { SuppressionLink } from '../suppressions/link';
import { REASONS } from '../suppressions/reasons';

/** An email and its events. Refreshes while its status can change. */
export function EmailPage() {
  const id = useRoute().params.id ?? '';
  const announce = useAnnouncer();
  const list = usePlaces().last() ?? '/activity';
  const {
    data: email,
    error,
    reload,
  } = useResource(
    `email ${id}`,
    (signal) => kraiter.emails.get(id, { signal }),
    (email) => (isInProgress(email.status) ? 1_500 : 15_000),
  );
  const suppressions = useSuppressions(email);
  const announced = useRef<string>(undefined);
  useEffect(() => {
    if (!email) return;
    if (announced.current !== undefined && announced.current !== email.status)
      announce(`Email status: ${email.status.replace('_', ' ')}`);
    announced.current = email.status;
  }, [email, announce]);

  const back = (
    <p class="back">
      <a href={list}>
        <Icon name="back" /> Activity
      </a>
    </p>
  );
  if (!email) {
    const missing = isKraiterError(error) && error.status === 404;
    return (
      <>
        {back}
        <Page title="Email">
          {error === undefined ? (
            <Loading what="Loading email" lines={6} />
          ) : (
            <ErrorNotice error={error} {...(missing ? {} : { retry: reload })} />
          )}
        </Page>
      </>
    );
  }
  return (
    <>
      {back}
      <Page
        title={email.subject || '(no subject)'}
        lead={
          <>
            <EmailStatus status={email.status} /> {email.test && <TestTag />} {describeStatus(email.status)}
          </>
        }
      >
        {error !== undefined && <ErrorNotice error={error} title="Could not refresh the email" retry={reload} />}
        <div class="email">
          <section class="card" aria-labelledby="events-title">
            <h2 id="events-title">Delivery history</h2>
            <Timeline email={email} suppressions={suppressions} />
            {email.status === 'scheduled' && <MoveEmail email={email} onMove={reload} />}
            {canCancel(email.status) && <CancelEmail email={email} onChange={reload} />}
            {isInProgress(email.status) && (
              <p class="waiting">
                <span class="pulse" aria-hidden="true" />
                Waiting for more events. This page updates automatically.
              </p>
            )}
          </section>
          <section class="card" aria-labelledby="email-title">
            <h2 id="email-title">Details</h2>
            <dl class="facts">
              <div>
                <dt>From</dt>
                <dd>{email.from}</dd>
              </div>
              <Addresses label="To" list={email.to} />
              <Addresses label="Cc" list={email.cc} />
              <Addresses label="Bcc" list={email.bcc} />
              <Addresses label="Reply-To" list={email.replyTo} />
              {email.suppressed.length > 0 && (
                <div>
                  <dt>Not sent to, because suppressed</dt>
                  <dd>
                    {email.suppressed.map(({ field, address, reason }) => (
                      <div key={field}>
                        <SuppressionLink address={address} /> <span class="muted">{REASONS[reason][1]}</span>
                      </div>
                    ))}
                  </dd>
                </div>
              )}
              <div>
                <dt>Region</dt>
                <dd>
                  <code>{email.region}</code>
                </dd>
              </div>
              {Object.keys(email.tags).length > 0 && (
                <div>
                  <dt>Tags</dt>
                  <dd>
                    {Object.entries(email.tags).map(([name, value]) => (
                      <code key={name} class="pair">
                        {name}={value}
                      </code>
                    ))}
                  </dd>
                </div>
              )}
              {email.template !== null && (
                <div>
                  <dt>Template</dt>
                  <dd>
                    <a href={`/templates/${email.template}`}>{email.template}</a>
                  </dd>
                </div>
              )}
              {(email.tracking.opens || email.tracking.clicks) && (
                <div>
                  <dt>Tracking</dt>
                  <dd>
                    {[email.tracking.opens && 'Opens', email.tracking.clicks && 'Clicks'].filter(Boolean).join(', ')}
                  </dd>
                </div>
              )}
              {email.attachments.length > 0 && (
                <div>
                  <dt>Attachments</dt>
                  <dd>
                    {email.attachments.map(({ filename, contentType, size }, n) => (
                      <div key={n}>
                        {filename}{' '}
                        <span class="muted">
                          {contentType}, {formatSize(size)}
                        </span>
                      </div>
                    ))}
                  </dd>
                </div>
              )}
              <div>
                <dt>ID</dt>
                <dd>
                  <CopyableValue text={email.id} what="ID" />
                </dd>
              </div>
              {email.sesMessageId && (
                <div>
                  <dt>SES message ID</dt>
                  <dd>
                    <CopyableValue text={email.sesMessageId} what="SES message ID" />
                  </dd>
                </div>
              )}
            </dl>
          </section>
          <Content email={email} />
        </div>
      </Page>
    </>
  );
}

/** Returns the suppressions that the email's events have caused and that still apply. */
function useSuppressions(email: Email | undefined): Suppression[] {
  const addresses = email ? suppressibleAddresses(email) : [];
  const { data } = useResource(`suppressions ${email?.id} ${addresses.join()} ${email?.events.length}`, (signal) =>
    Promise.all(addresses.map((address) => findSuppression(address, signal))),
  );
  return (data ?? []).flatMap((found) => (found && found.emailId === email?.id ? [found] : []));
}

async function findSuppression(address: string, signal: AbortSignal): Promise<Suppression | undefined> {
  try {
    return await kraiter.suppressions.get(address, { signal });
  } catch (error) {
    if (isKraiterError(error) && error.status === 404) return undefined;
    throw error;
  }
}

function Addresses({ label, list }: { label: string; list: string[] }) {
  if (!list.length) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {list.map((address) => (
          <div key={address}>{address}</div>
        ))}
      </dd>
    </div>
  );
}
