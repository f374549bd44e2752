import type { LoggedRequest, RequestQuery } from '@kraiter/sdk';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { CopyableValue } from '../components/copy-button';
import { Field } from '../components/field';
import { Icon } from '../components/icon';
import { LoadMore } from '../components/load-more';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { Time } from '../components/time';
import { formatNumber } from '../format';
import { usePaginatedList } from '../hooks/use-paginated-list';
import { useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';
import { LogViews } from '../logs/views';

const STATUSES: [value: string, label: string][] = [
  ['', 'Any'],
  ['2xx', 'Succeeded (2xx)'],
  ['4xx', 'Refused (4xx)'],
  ['5xx', 'Failed (5xx)'],
];

type Filter = Pick<RequestQuery, 'id' | 'key' | 'status'>;

/** Requests that failed, or that changed something other than an email. A link from an error names one in the query. */
export function RequestsPage() {
  const { query, route } = useLocation();
  const id = query.id ?? '';
  const [status, setStatus] = useState('');
  const [key, setKey] = useState('');
  const keys = useResource('API keys', (signal) => kraiter.apiKeys.list({ signal }));
  const filter: Filter = { ...(id ? { id } : {}), ...(status ? { status } : {}), ...(key ? { key } : {}) };
  return (
    <Page
      title="Logs"
      lead="API requests of the last seven days that failed, or that changed something other than an email."
    >
      <LogViews current="requests" />
      <div class="stack">
        <div class="row filters">
          <Field name="status" label="Status">
            {(control) => (
              <select {...control} value={status} onChange={(event) => setStatus(event.currentTarget.value)}>
                {STATUSES.map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field name="key" label="API key">
            {(control) => (
              <select {...control} value={key} onChange={(event) => setKey(event.currentTarget.value)}>
                <option value="">Any</option>
                {keys.data?.data.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        {id && (
          <div class="actions">
            <p class="muted">
              Only the request <code>{id}</code>.
            </p>
            <button type="button" class="secondary small" onClick={() => route('/logs/requests')}>
              Show all requests
            </button>
          </div>
        )}
        <Requests key={JSON.stringify(filter)} filter={filter} />
      </div>
    </Page>
  );
}

function Requests({ filter }: { filter: Filter }) {
  const [leftOut, setLeftOut] = useState(0);
  const { entries, more, list, error, reload, loaded } = usePaginatedList(
    'requests',
    async (place, signal) => {
      const page = await kraiter.requests.list({ ...place, ...filter }, { signal });
      if (place.cursor === undefined) setLeftOut(page.leftOut);
      return page;
    },
    () => 30_000,
  );
  return (
    <>
      {error !== undefined && <ErrorNotice error={error} title="Could not load requests" retry={reload} />}
      {!loaded && error === undefined && <Loading what="Loading requests" lines={5} />}
      {loaded && entries.length === 0 && (
        <div class="empty">
          <Icon name="info" />
          <p class="title">{Object.keys(filter).length > 0 ? 'No matching requests' : 'No requests yet'}</p>
          <p>
            Successful reads and sends aren’t logged: a sent email is in Activity. Requests that Kraiter refuses before
            it knows the organisation aren’t either.
          </p>
        </div>
      )}
      {leftOut > 0 && <LeftOut kind="newer" count={leftOut} />}
      {entries.length > 0 && (
        <ul class="rows log" aria-label="Requests" ref={list}>
          {entries.map((request) => (
            <Row key={request.id} request={request} />
          ))}
        </ul>
      )}
      <LoadMore more={more}>Load older requests</LoadMore>
    </>
  );
}

const LeftOut = ({ kind, count }: { kind: string; count: number }) => (
  <p class="muted">
    {formatNumber(count)} {kind} {count === 1 ? 'request' : 'requests'} left out, because there were too many in a
    minute
  </p>
);

function Row({ request }: { request: LoggedRequest }) {
  const { id, at, method, route, status, code, key, session, milliseconds, leftOut } = request;
  return (
    <li>
      <p class="title">
        <code>
          {method} {route}
        </code>{' '}
        <span class={`tag ${status >= 500 ? 'red' : status >= 400 ? 'amber' : 'green'}`}>{status}</span>
      </p>
      <p class="muted">
        <Time at={at} /> · {key ? key.name : 'unknown key'}
        {session && ' (dashboard)'} · {formatNumber(milliseconds)} ms
        {code && (
          <>
            {' '}
            · <code>{code}</code>
          </>
        )}
      </p>
      {leftOut > 0 && <LeftOut kind="similar" count={leftOut} />}
      <CopyableValue text={id} what="request ID" />
    </li>
  );
}
