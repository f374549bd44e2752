import { type EmailSummary, isKraiterError } from '@kraiter/sdk';
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { ExportEmails } from '../activity/export';
import { activityPath, emailQuery, FILTERS, type Filters, fillPage, filtersOf } from '../activity/filters';
import { SearchForm } from '../activity/search';
import { EmailStatus, isInProgress, TestTag } from '../activity/status';
import { Icon } from '../components/icon';
import { LoadMore } from '../components/load-more';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { Time } from '../components/time';
import { usePaginatedList } from '../hooks/use-paginated-list';
import { kraiter } from '../kraiter';

/** Emails, newest first, and a search. */
export function ActivityPage() {
  const { query, url } = useLocation();
  const filters = filtersOf(query);
  const isScheduled = url === '/activity?status=scheduled';
  const [error, setError] = useState<unknown>();
  const current = (is: boolean) => (is ? 'page' : undefined);
  return (
    <Page title="Activity" lead="All emails and their delivery status.">
      <nav class="views" aria-label="Filter emails">
        <a href="/activity" aria-current={current(Object.keys(filters).length === 0)}>
          All
        </a>
        <a href="/activity?status=scheduled" aria-current={current(isScheduled)}>
          Scheduled
        </a>
      </nav>
      <SearchForm filters={filters} error={error} />
      <Emails key={activityPath(filters)} filters={filters} scheduled={isScheduled} onError={setError} />
    </Page>
  );
}

function Emails(props: { filters: Filters; scheduled: boolean; onError: (error: unknown) => void }) {
  const { filters, scheduled, onError } = props;
  const isSearch = Object.keys(filters).length > 0 && !scheduled;
  const { entries, more, list, error, reload, loaded } = usePaginatedList(
    scheduled ? 'scheduled emails' : isSearch ? 'matching emails' : 'emails',
    (page, signal) =>
      fillPage((page) => kraiter.emails.list({ ...emailQuery(filters), ...page }, signal ? { signal } : {}), page),
    ({ data }) => (isSearch ? 60_000 : data.some(({ status }) => isInProgress(status)) ? 3_000 : 15_000),
    activityPath(filters),
  );
  useEffect(() => onError(error), [error, onError]);
  const isFieldError = isKraiterError(error) && FILTERS.some((name) => name === error.field);
  return (
    <>
      {error !== undefined && !isFieldError && (
        <ErrorNotice error={error} title="Could not load emails" retry={reload} />
      )}
      {!loaded && error === undefined && <Loading what="Loading emails" lines={5} />}
      {loaded && entries.length === 0 && scheduled && (
        <div class="empty">
          <Icon name="email" />
          <p class="title">No scheduled emails</p>
          <p>Emails scheduled for later appear here. You can cancel them until they are sent.</p>
        </div>
      )}
      {loaded && entries.length === 0 && isSearch && (
        <div class="empty">
          <Icon name="email" />
          <p class="title">{more.next === null ? 'No matching emails' : 'No matching emails so far'}</p>
          <p>
            {more.next === null
              ? 'Check the filters, or search a longer period.'
              : 'There are older emails that haven’t been searched yet.'}
          </p>
        </div>
      )}
      {loaded && entries.length === 0 && !scheduled && !isSearch && (
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
      <LoadMore more={more}>{isSearch ? 'Search older emails' : 'Load older emails'}</LoadMore>
      {entries.length > 0 && (
        <div class="actions">
          <ExportEmails filters={filters} />
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
