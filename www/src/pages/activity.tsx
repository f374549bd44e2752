import type { EmailSummary } from '@kraiter/sdk';
import { useRef, useState } from 'preact/hooks';

import { isMoving, Status } from '../activity/status';
import { kraiter } from '../kraiter';
import { Action } from '../parts/action';
import { useAnnouncer } from '../parts/announcer';
import { Loading } from '../parts/loading';
import { Page } from '../parts/page';
import { ProblemNotice } from '../parts/problem';
import { Time } from '../parts/time';
import { useResource } from '../parts/use-resource';

const PAGE = 20;

/** The emails, newest first. The first page is kept fresh; older ones are added below it on demand. */
export function ActivityPage() {
  const first = useResource('emails', (signal) => kraiter.emails.list({ limit: PAGE }, { signal }), ({ data }) => (data.some(({ status }) => isMoving(status)) ? 3_000 : 15_000));
  const [older, setOlder] = useState<{ after: string; data: EmailSummary[]; nextCursor: string | null }>();
  const [error, setError] = useState<unknown>();
  const list = useRef<HTMLUListElement>(null);
  const announce = useAnnouncer();

  const known = new Set<string>();
  const emails = [...(first.data?.data ?? []), ...(older?.data ?? [])].filter(({ id }) => !known.has(id) && known.add(id));
  const next = older ? older.nextCursor : first.data?.nextCursor;

  const more = async () => {
    if (!next) return;
    setError(undefined);
    const page = await kraiter.emails.list({ limit: PAGE, cursor: next });
    // What new mail pushes off the first page meanwhile stays in the list.
    setOlder((old) => ({ after: next, data: [...(old?.data ?? first.data?.data ?? []), ...page.data], nextCursor: page.nextCursor }));
    announce(`${page.data.length} older emails added`);
    const place = emails.length;
    requestAnimationFrame(() => list.current?.querySelectorAll('a')[place]?.focus());
  };

  return (
    <Page title="Activity" lead="Every email and what became of it.">
      {first.error !== undefined && <ProblemNotice error={first.error} title="The emails can’t be loaded" retry={first.reload} />}
      {!first.data && first.error === undefined && <Loading what="Loading the emails" lines={5} />}
      {first.data && emails.length === 0 && (
        <div class="empty">
          <p class="title">No email yet</p>
          <p>Send a test to see its way from Kraiter to the recipient’s server, or to see how a bounce looks.</p>
          <a role="button" href="/send">Send a test email</a>
        </div>
      )}
      {emails.length > 0 && <ul class="rows emails" ref={list}>{emails.map((email) => <Row key={email.id} email={email} />)}</ul>}
      {error !== undefined && <ProblemNotice error={error} />}
      {next && <Action class="secondary" run={more} busy="Loading…" onError={setError}>Show older</Action>}
    </Page>
  );
}

function Row({ email }: { email: EmailSummary }) {
  const [to, ...others] = email.to;
  return (
    <li>
      <a href={`/activity/${email.id}`}>
        <span class="state"><Status status={email.status} /></span>
        <span class="subject">{email.subject || '(no subject)'}</span>
        <span class="to"><span class="visually-hidden">to </span>{to}{others.length > 0 && ` and ${others.length} more`}</span>
        <span class="when"><Time at={email.createdAt} relative /></span>
      </a>
    </li>
  );
}
