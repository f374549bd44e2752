import type { EmailSummary } from '@kraiter/sdk';
import { useLocation } from 'preact-iso';

import { isMoving, Status } from '../activity/status';
import { kraiter } from '../kraiter';
import { Action } from '../parts/action';
import { Icon } from '../parts/icon';
import { Loading } from '../parts/loading';
import { Page } from '../parts/page';
import { ProblemNotice } from '../parts/problem';
import { Time } from '../parts/time';
import { usePages } from '../parts/use-pages';

/** The emails, newest first: all of them, or those that are still to be sent. */
export function ActivityPage() {
  const scheduled = useLocation().query.status === 'scheduled';
  return (
    <Page title="Activity" lead="Every email and what became of it.">
      <nav class="views" aria-label="Which emails">
        <a href="/activity" aria-current={scheduled ? undefined : 'page'}>
          All
        </a>
        <a href="/activity?status=scheduled" aria-current={scheduled ? 'page' : undefined}>
          Scheduled
        </a>
      </nav>
      <Emails key={`${scheduled}`} scheduled={scheduled} />
    </Page>
  );
}

function Emails({ scheduled }: { scheduled: boolean }) {
  const { entries, next, more, failed, moreError, list, error, reload, loaded } = usePages(
    scheduled ? 'scheduled emails' : 'emails',
    (page, signal) => kraiter.emails.list(scheduled ? { ...page, status: 'scheduled' } : page, { signal }),
    ({ data }) => (data.some(({ status }) => isMoving(status)) ? 3_000 : 15_000),
  );
  return (
    <>
      {error !== undefined && <ProblemNotice error={error} title="The emails can’t be loaded" retry={reload} />}
      {!loaded && error === undefined && <Loading what="Loading the emails" lines={5} />}
      {loaded && entries.length === 0 && scheduled && (
        <div class="empty">
          <Icon name="mail" />
          <p class="title">Nothing is scheduled</p>
          <p>An email with a time of its own waits here until then, and can be cancelled.</p>
        </div>
      )}
      {loaded && entries.length === 0 && !scheduled && (
        <div class="empty">
          <Icon name="mail" />
          <p class="title">No email yet</p>
          <p>Send a test to see its way from Kraiter to the recipient’s server, or to see how a bounce looks.</p>
          <a class="button" href="/send">
            Send a test email
          </a>
        </div>
      )}
      {entries.length > 0 && (
        <ul class="rows emails" ref={list}>
          {entries.map((email) => (
            <Row key={email.id} email={email} />
          ))}
        </ul>
      )}
      {moreError !== undefined && <ProblemNotice error={moreError} />}
      {next !== null && (
        <div class="actions">
          <Action class="secondary" run={more} busy="Loading…" onError={failed}>
            Show older
          </Action>
        </div>
      )}
    </>
  );
}

function Row({ email }: { email: EmailSummary }) {
  const [to, ...others] = email.to;
  return (
    <li>
      <a href={`/activity/${email.id}`}>
        <span class="state">
          <Status status={email.status} />
        </span>
        <span class="subject">{email.subject || '(no subject)'}</span>
        <span class="to">
          <span class="visually-hidden">to </span>
          {to}
          {others.length > 0 && ` and ${others.length} more`}
        </span>
        <span class="when">
          <Time
            at={email.status === 'scheduled' && email.scheduledAt !== null ? email.scheduledAt : email.createdAt}
            relative
          />
        </span>
      </a>
    </li>
  );
}
