import type { EmailSummary } from '@kraiter/sdk';
import { useLocation } from 'preact-iso';

import { EmailStatus, isInProgress, TestTag } from '../activity/status';
import { ActionButton } from '../components/action-button';
import { Icon } from '../components/icon';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { Time } from '../components/time';
import { usePaginatedList } from '../hooks/use-paginated-list';
import { kraiter } from '../kraiter';

/** All emails or only the scheduled ones, newest first. */
export function ActivityPage() {
  const scheduled = useLocation().query.status === 'scheduled';
  return (
    <Page title="Activity" lead="All emails and their delivery status.">
      <nav class="views" aria-label="Filter emails">
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
  const { entries, next, loadMore, loadMoreError, onLoadMoreError, list, error, reload, loaded } = usePaginatedList(
    scheduled ? 'scheduled emails' : 'emails',
    (page, signal) => kraiter.emails.list(scheduled ? { ...page, status: 'scheduled' } : page, { signal }),
    ({ data }) => (data.some(({ status }) => isInProgress(status)) ? 3_000 : 15_000),
  );
  return (
    <>
      {error !== undefined && <ErrorNotice error={error} title="Could not load emails" retry={reload} />}
      {!loaded && error === undefined && <Loading what="Loading emails" lines={5} />}
      {loaded && entries.length === 0 && scheduled && (
        <div class="empty">
          <Icon name="email" />
          <p class="title">No scheduled emails</p>
          <p>Emails scheduled for later appear here. You can cancel them until they are sent.</p>
        </div>
      )}
      {loaded && entries.length === 0 && !scheduled && (
        <div class="empty">
          <Icon name="email" />
          <p class="title">No emails yet</p>
          <p>Send a test email to follow its delivery to the recipient’s server, or to see what a bounce looks like.</p>
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
      {loadMoreError !== undefined && <ErrorNotice error={loadMoreError} />}
      {next !== null && (
        <div class="actions">
          <ActionButton class="secondary" run={loadMore} busy="Loading…" onError={onLoadMoreError}>
            Load older emails
          </ActionButton>
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
          <EmailStatus status={email.status} /> {email.test && <TestTag />}
        </span>
        <span class="subject">{email.subject || '(no subject)'}</span>
        <span class="to">
          <span class="visually-hidden">to </span>
          {to}
          {others.length > 0 && ` and ${others.length} more`}
        </span>
        <span class="time">
          <Time
            at={email.status === 'scheduled' && email.scheduledAt !== null ? email.scheduledAt : email.createdAt}
            relative
          />
        </span>
      </a>
    </li>
  );
}
