import { isKraiterError } from '@kraiter/sdk';
import { useEffect, useRef } from 'preact/hooks';
import { useRoute } from 'preact-iso';

import { Cancel } from '../activity/cancel';
import { canCancel, isMoving, meaning, Status } from '../activity/status';
import { Timeline } from '../activity/timeline';
import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { Copyable } from '../parts/copy';
import { Icon } from '../parts/icon';
import { Loading } from '../parts/loading';
import { Page } from '../parts/page';
import { ProblemNotice } from '../parts/problem';
import { size as sizeOf } from '../parts/size';
import { useResource } from '../parts/use-resource';

/** One email and its events; looked at again while more may come. */
export function EmailPage() {
  const id = useRoute().params.id ?? '';
  const announce = useAnnouncer();
  const {
    data: email,
    error,
    reload,
  } = useResource(
    `email ${id}`,
    (signal) => kraiter.emails.get(id, { signal }),
    (email) => (isMoving(email.status) ? 1_500 : 15_000),
  );
  const said = useRef<string>(undefined);
  useEffect(() => {
    if (!email) return;
    if (said.current !== undefined && said.current !== email.status)
      announce(`The email’s status is now ${email.status.replace('_', ' ')}`);
    said.current = email.status;
  }, [email, announce]);

  const back = (
    <p class="back">
      <a href="/activity">
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
            <Loading what="Loading the email" lines={6} />
          ) : (
            <ProblemNotice error={error} {...(missing ? {} : { retry: reload })} />
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
            <Status status={email.status} /> {meaning(email.status)}
          </>
        }
      >
        {error !== undefined && <ProblemNotice error={error} title="The email can’t be loaded again" retry={reload} />}
        <div class="email">
          <section class="card" aria-labelledby="events-title">
            <h2 id="events-title">What happened</h2>
            <Timeline email={email} />
            {canCancel(email.status) && <Cancel email={email} done={reload} />}
            {isMoving(email.status) && (
              <p class="waiting">
                <span class="pulse" aria-hidden="true" />
                More may come; this page follows by itself.
              </p>
            )}
          </section>
          <section class="card" aria-labelledby="email-title">
            <h2 id="email-title">The email</h2>
            <dl class="facts">
              <div>
                <dt>From</dt>
                <dd>{email.from}</dd>
              </div>
              <People name="To" list={email.to} />
              <People name="Cc" list={email.cc} />
              <People name="Bcc" list={email.bcc} />
              <People name="Reply to" list={email.replyTo} />
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
              {email.attachments.length > 0 && (
                <div>
                  <dt>Attachments</dt>
                  <dd>
                    {email.attachments.map(({ filename, contentType, size }, n) => (
                      <div key={n}>
                        {filename}{' '}
                        <span class="muted">
                          {contentType}, {sizeOf(size)}
                        </span>
                      </div>
                    ))}
                  </dd>
                </div>
              )}
              <div>
                <dt>ID</dt>
                <dd>
                  <Copyable text={email.id} what="ID" />
                </dd>
              </div>
              {email.sesMessageId && (
                <div>
                  <dt>SES message ID</dt>
                  <dd>
                    <Copyable text={email.sesMessageId} what="SES message ID" />
                  </dd>
                </div>
              )}
            </dl>
          </section>
        </div>
      </Page>
    </>
  );
}

function People({ name, list }: { name: string; list: string[] }) {
  if (!list.length) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {list.map((address) => (
          <div key={address}>{address}</div>
        ))}
      </dd>
    </div>
  );
}
