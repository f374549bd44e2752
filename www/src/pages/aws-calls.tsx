import type { AwsCall, AwsCallFilter, AwsCallResult, CloudTrailQueries } from '@kraiter/sdk';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { ActionButton } from '../components/action-button';
import { CopyableValue } from '../components/copy-button';
import { Field } from '../components/field';
import { Icon } from '../components/icon';
import { LoadMore } from '../components/load-more';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { Time } from '../components/time';
import { usePaginatedList } from '../hooks/use-paginated-list';
import { kraiter } from '../kraiter';
import { CloudTrail } from '../logs/cloud-trail';
import { LogViews } from '../logs/views';
import { useSession } from '../session';

const RESULTS: Record<AwsCallResult, [label: string, tone: string]> = {
  succeeded: ['Succeeded', 'green'],
  failed: ['Failed', 'red'],
  lost: ['No response', 'amber'],
};

const isResult = (text: string): text is AwsCallResult => text in RESULTS;

/** Every call that Kraiter made in the customer's AWS account. */
export function AwsCallsPage() {
  const { query } = useLocation();
  const [action, setAction] = useState(query.action ?? '');
  const [result, setResult] = useState(query.result ?? '');
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  const name = action.trim();
  const filter: AwsCallFilter = {
    ...(/^[A-Za-z0-9]+$/.test(name) ? { action: name } : {}),
    ...(isResult(result) ? { result } : {}),
    ...(since ? { since: new Date(`${since}T00:00`).toISOString() } : {}),
    ...(until ? { until: new Date(`${until}T00:00`).toISOString() } : {}),
  };
  return (
    <Page title="Logs" lead="Every call that Kraiter made in your AWS account, for your security team.">
      <LogViews current="aws-calls" />
      <div class="stack">
        <div class="row filters">
          <Field name="action" label="Action" hint="Such as AssumeRole.">
            {(control) => (
              <input
                {...control}
                type="search"
                value={action}
                maxLength={64}
                autocomplete="off"
                spellcheck={false}
                onInput={(event) => setAction(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field name="result" label="Result">
            {(control) => (
              <select {...control} value={result} onChange={(event) => setResult(event.currentTarget.value)}>
                <option value="">Any</option>
                {Object.entries(RESULTS).map(([name, [label]]) => (
                  <option key={name} value={name}>
                    {label}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field name="since" label="From">
            {(control) => (
              <input {...control} type="date" value={since} onInput={(event) => setSince(event.currentTarget.value)} />
            )}
          </Field>
          <Field name="until" label="Before">
            {(control) => (
              <input {...control} type="date" value={until} onInput={(event) => setUntil(event.currentTarget.value)} />
            )}
          </Field>
        </div>
        <Calls key={JSON.stringify(filter)} filter={filter} />
      </div>
    </Page>
  );
}

/** A call. The API gives it no ID, because some are read from emails. */
type Entry = AwsCall & { id: string };

const toEntry = (call: AwsCall): Entry => ({
  ...call,
  id: [call.at, call.action, call.emailId, call.awsRequestId, call.result].join(' '),
});

function Calls({ filter }: { filter: AwsCallFilter }) {
  const [page, setPage] = useState<{ cloudTrail: CloudTrailQueries | null; completeSince: string }>();
  const { entries, more, list, error, reload, loaded } = usePaginatedList<Entry>(
    'AWS calls',
    async (place, signal) => {
      const { data, nextCursor, cloudTrail, completeSince } = await kraiter.awsCalls.list(
        { ...place, ...filter },
        { signal },
      );
      setPage({ cloudTrail, completeSince });
      return { data: data.map(toEntry), nextCursor };
    },
    () => 30_000,
  );
  return (
    <>
      {error !== undefined && <ErrorNotice error={error} title="Could not load AWS calls" retry={reload} />}
      {!loaded && error === undefined && <Loading what="Loading AWS calls" lines={5} />}
      {loaded && entries.length === 0 && (
        <div class="empty">
          <Icon name="info" />
          <p class="title">{Object.keys(filter).length > 0 ? 'No matching calls' : 'No calls yet'}</p>
          <p>Calls appear here once Kraiter has called AWS for you.</p>
        </div>
      )}
      {entries.length > 0 && (
        <ul class="rows log" aria-label="AWS calls" ref={list}>
          {entries.map((call) => (
            <Row key={call.id} call={call} />
          ))}
        </ul>
      )}
      <LoadMore more={more}>Load older calls</LoadMore>
      {page && (
        <p class="muted">
          Calls that send an email are listed as long as the email, at the time it was accepted. Other calls are
          complete since <Time at={page.completeSince} />.
        </p>
      )}
      {loaded && <Export filter={filter} />}
      {page?.cloudTrail && <CloudTrail queries={page.cloudTrail} />}
    </>
  );
}

function Row({ call: { at, action, region, awsRequestId, result, code, emailId, count } }: { call: Entry }) {
  const [label, tone] = RESULTS[result];
  return (
    <li>
      <p class="title">
        {action} <span class={`tag ${tone}`}>{label}</span>
        {count > 1 && <span class="tag grey">{count} calls</span>}
      </p>
      <p class="muted">
        <Time at={at} /> · {region}
        {code && (
          <>
            {' '}
            · <code>{code}</code>
          </>
        )}
        {emailId && (
          <>
            {' '}
            · <a href={`/activity/${emailId}`}>View email</a>
          </>
        )}
      </p>
      {awsRequestId && <CopyableValue text={awsRequestId} what="AWS request ID" />}
    </li>
  );
}

function Export({ filter }: { filter: AwsCallFilter }) {
  const { noteError } = useSession();
  const [error, setError] = useState<unknown>();
  const exportFile = async () => {
    setError(undefined);
    const file = new Blob([await kraiter.awsCalls.exportCsv(filter)], { type: 'text/csv' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = 'aws-calls.csv';
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const onError = (error: unknown) => {
    noteError(error);
    setError(error);
  };
  return (
    <>
      {error !== undefined && <ErrorNotice error={error} />}
      <div class="actions">
        <ActionButton class="secondary" run={exportFile} busy="Exporting…" onError={onError}>
          Export CSV
        </ActionButton>
      </div>
    </>
  );
}
