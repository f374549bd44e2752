import type { AwsBinding, Identity, IdentityList } from '@kraiter/sdk';
import { useState } from 'preact/hooks';
import { ActionButton } from '../components/action-button';
import { useAnnouncer } from '../components/announcer';
import { Field } from '../components/field';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { RegionName, RegionSelect } from '../connection/region-select';
import { kraiter } from '../kraiter';
import { useSession } from '../session';
import { AddIdentity } from './add';
import { Problems } from './problems';
import { IdentityRow } from './row';
import { type RegionFilter, useIdentityList } from './use-identities';

/** The identities by region, and the form that adds one. */
export function Identities({ binding }: { binding: AwsBinding }) {
  const [filter, setFilter] = useState<RegionFilter>('');
  const { data, error, reload } = useIdentityList(filter);
  return (
    <section class="identities" aria-labelledby="identities-title">
      <div class="heading">
        <div>
          <h2 id="identities-title">Sender identities</h2>
          <p class="muted">SES must verify a domain or email address before you can send from it.</p>
        </div>
        <Field name="shownRegions" label="Regions shown">
          {(control) => (
            <RegionSelect
              {...control}
              regions={binding.regions}
              none="Regions in use"
              onChange={(region) => setFilter(region as RegionFilter)}
            >
              <option value="all">All regions</option>
            </RegionSelect>
          )}
        </Field>
      </div>
      <AddIdentity binding={binding} />
      {error !== undefined && <ErrorNotice error={error} title="Could not load identities" retry={reload} />}
      {data ? (
        <IdentityPages key={filter} first={data} filter={filter} binding={binding} />
      ) : (
        error === undefined && <Loading what="Loading identities" lines={3} />
      )}
    </section>
  );
}

/** The first page, which refreshes, and older pages on demand. */
function IdentityPages({ first, filter, binding }: { first: IdentityList; filter: RegionFilter; binding: AwsBinding }) {
  const announce = useAnnouncer();
  const { noteError } = useSession();
  const [older, setOlder] = useState<IdentityList>();
  const [error, setError] = useState<unknown>();
  const identities = withoutDuplicates([...first.data, ...(older?.data ?? [])]);
  const next = older ? older.nextCursor : first.nextCursor;

  const loadMore = async () => {
    if (!next) return;
    setError(undefined);
    const page = await kraiter.identities.list({ ...(filter ? { region: filter } : {}), cursor: next });
    setOlder({ ...page, data: [...identities, ...page.data] });
    announce(`${page.data.length} more identities loaded`);
  };
  const handleError = (error: unknown) => {
    noteError(error);
    setError(error);
  };

  return (
    <>
      <Problems problems={first.problems} regions={binding.regions} />
      {identities.length ? <ByRegion list={identities} binding={binding} /> : first.problems.length === 0 && <Empty />}
      {error !== undefined && <ErrorNotice error={error} />}
      {next && (
        <div class="actions">
          <ActionButton class="secondary" run={loadMore} busy="Loading…" onError={handleError}>
            Show more
          </ActionButton>
        </div>
      )}
    </>
  );
}

/** Removes duplicates. The first occurrence stays, because the first page is the most recent. */
const withoutDuplicates = (list: Identity[]) =>
  list.filter(({ id }, index) => list.findIndex((other) => other.id === id) === index);

function Empty() {
  return (
    <div class="empty">
      <p class="title">No identities yet</p>
      <p>Add your domain to send from any of its addresses, or add a single address to try things out.</p>
    </div>
  );
}

function ByRegion({ list, binding }: { list: Identity[]; binding: AwsBinding }) {
  const regions = [...new Set(list.map(({ region }) => region))].sort(
    (a, b) => Number(b === binding.stackRegion) - Number(a === binding.stackRegion) || a.localeCompare(b),
  );
  return (
    <>
      {regions.map((region) => (
        <section key={region} class="by-region" aria-labelledby={`region-${region}`}>
          <h3 id={`region-${region}`}>
            <RegionName regions={binding.regions} region={region} />
          </h3>
          <ul class="rows">
            {list
              .filter((identity) => identity.region === region)
              .map((identity) => (
                <IdentityRow key={identity.id} identity={identity} />
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}
