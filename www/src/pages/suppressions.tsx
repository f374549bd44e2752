import type { Suppression, SuppressionReason } from '@kraiter/sdk';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { ConfirmButton } from '../components/confirm-button';
import { Field } from '../components/field';
import { Icon } from '../components/icon';
import { LoadMore } from '../components/load-more';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { Time } from '../components/time';
import { usePaginatedList } from '../hooks/use-paginated-list';
import { kraiter } from '../kraiter';
import { AddSuppression } from '../suppressions/add';
import { ImportExport } from '../suppressions/import-export';
import { REASONS } from '../suppressions/reasons';

const isReason = (text: string): text is SuppressionReason => text in REASONS;

/** The organisation's suppression list. */
export function SuppressionsPage() {
  const [search, setSearch] = useState(useLocation().query.search ?? '');
  const [reason, setReason] = useState('');
  const [version, setVersion] = useState(0);
  const reloadList = () => setVersion((version) => version + 1);
  return (
    <Page
      title="Suppressions"
      lead="Kraiter won’t send to these addresses, to protect your reputation and respect opt-outs."
    >
      <div class="stack">
        <AddSuppression onAdd={reloadList} />
        <div class="row filters">
          <Field name="search" label="Search" hint="Any part of the address.">
            {(control) => (
              <input
                {...control}
                type="search"
                value={search}
                autocomplete="off"
                spellcheck={false}
                onInput={(event) => setSearch(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field name="reason" label="Reason">
            {(control) => (
              <select {...control} value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
                <option value="">Any</option>
                {Object.entries(REASONS).map(([name, [, label]]) => (
                  <option key={name} value={name}>
                    {label}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <List
          key={JSON.stringify([search, reason, version])}
          search={search.trim()}
          reason={reason}
          onChange={reloadList}
        />
        <ImportExport onImport={reloadList} />
      </div>
    </Page>
  );
}

/** A suppression, identified by its address. */
type Entry = Suppression & { id: string };

function List({ search, reason, onChange }: { search: string; reason: string; onChange: () => void }) {
  const { entries, more, list, error, reload, loaded } = usePaginatedList<Entry>(
    'suppressed addresses',
    async (page, signal) => {
      const { data, nextCursor } = await kraiter.suppressions.list(
        { ...page, ...(search ? { search } : {}), ...(isReason(reason) ? { reason } : {}) },
        { signal },
      );
      return { data: data.map((suppression) => ({ ...suppression, id: suppression.address })), nextCursor };
    },
    () => 60_000,
  );
  return (
    <>
      {error !== undefined && <ErrorNotice error={error} title="Could not load suppressions" retry={reload} />}
      {!loaded && error === undefined && <Loading what="Loading suppressions" lines={4} />}
      {loaded && entries.length === 0 && (
        <div class="empty">
          <Icon name="email" />
          <p class="title">{search || reason ? 'No matching addresses' : 'No suppressed addresses'}</p>
          <p>
            Kraiter adds addresses automatically after a hard bounce, a complaint, three soft bounces in a week, or an
            unsubscribe.
          </p>
        </div>
      )}
      {entries.length > 0 && (
        <ul class="rows suppressed" aria-label="Suppressed addresses" ref={list}>
          {entries.map((entry) => (
            <Row key={entry.id} entry={entry} onRemove={onChange} />
          ))}
        </ul>
      )}
      <LoadMore more={more}>Show more</LoadMore>
    </>
  );
}

function Row({ entry: { address, reason, since, emailId }, onRemove }: { entry: Entry; onRemove: () => void }) {
  const [tone, label] = REASONS[reason];
  return (
    <li>
      <div>
        <p class="address">{address}</p>
        <p class="muted">
          <span class={`tag ${tone}`}>{label}</span>{' '}
          <span>
            since <Time at={since} relative />
          </span>
          {emailId !== null && (
            <>
              {' '}
              · <a href={`/activity/${emailId}`}>View email</a>
            </>
          )}
        </p>
      </div>
      <ConfirmButton
        label="Remove…"
        accessibleLabel={`Remove ${address}…`}
        title={`Remove ${address} from the list?`}
        confirm="Remove from list"
        busy="Removing…"
        run={() => kraiter.suppressions.delete(address)}
        successMessage={`${address} removed from the list`}
        undo={async () => {
          await kraiter.suppressions.create({ address, reason });
          onRemove();
        }}
        onSuccess={onRemove}
      >
        <p>
          You’ll be able to send to this address again. Remove it only if you know that the address works and its owner
          wants your email.
        </p>
      </ConfirmButton>
    </li>
  );
}
