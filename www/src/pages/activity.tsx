import type { EmailPage, EmailSummary } from '@kraiter/sdk';
import { useRef, useState } from 'preact/hooks';

import { isMoving, Status } from '../activity/status';
import { kraiter } from '../kraiter';
import { Action } from '../parts/action';
import { useAnnouncer } from '../parts/announcer';
import { Icon } from '../parts/icon';
import { Loading } from '../parts/loading';
import { Page } from '../parts/page';
import { ProblemNotice } from '../parts/problem';
import { Time } from '../parts/time';
import { useResource } from '../parts/use-resource';
import { useSession } from '../session';

const PAGE = 20;

/** The emails, newest first. The first page is kept fresh; older ones are added below it on demand. */
export function ActivityPage() {
  const first = useResource('emails', (signal) => kraiter.emails.list({ limit: PAGE }, { signal }), ({ data }) => (data.some(({ status }) => isMoving(status)) ? 3_000 : 15_000));
  const [older, setOlder] = useState<EmailPage>();
  const [error, setError] = useState<unknown>();
  const list = useRef<HTMLUListElement>(null);
  const announce = useAnnouncer();
  const { noteError } = useSession();

  const emails = withoutRepeats([...(first.data?.data ?? []), ...(older?.data ?? [])]);
  const next = older ? older.nextCursor : first.data?.nextCursor;

  const more = async () => {
    if (!next) return;
    setError(undefined);
    const page = await kraiter.emails.list({ limit: PAGE, cursor: next });
    // All that is shown is kept, so that what new mail pushes off the first page doesn't fall between the two.
    setOlder({ data: [...emails, ...page.data], nextCursor: page.nextCursor });
    announce(`${page.data.length} older emails added`);
    requestAnimationFrame(() => list.current?.querySelectorAll('a')[emails.length]?.focus());
  };
  const failed = (problem: unknown) => {
    noteError(problem);
    setError(problem);
  };

  return (
    <Page title="Activity" lead="Every email and what became of it.">
      {first.error !== undefined && <ProblemNotice error={first.error} title="The emails can’t be loaded" retry={first.reload} />}
      {!first.data && first.error === undefined && <Loading what="Loading the emails" lines={5} />}
      {first.data && emails.length === 0 && (
        <div class="empty">
          <Icon name="mail" />
          <p class="title">No email yet</p>
          <p>Send a test to see its way from Kraiter to the recipient’s server, or to see how a bounce looks.</p>
          <a class="button" href="/send">Send a test email</a>
        </div>
      )}
      {emails.length > 0 && <ul class="rows emails" ref={list}>{emails.map((email) => <Row key={email.id} email={email} />)}</ul>}
      {error !== undefined && <ProblemNotice error={error} />}
      {next && <div class="actions"><Action class="secondary" run={more} busy="Loading…" onError={failed}>Show older</Action></div>}
    </Page>
  );
}

/** Each email once, as it was told first: the first page is the freshest. */
const withoutRepeats = (emails: EmailSummary[]) => emails.filter(({ id }, place) => emails.findIndex((other) => other.id === id) === place);

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
