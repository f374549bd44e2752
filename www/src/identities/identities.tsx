import type { AwsBinding, Identity, IdentityList } from '@kraiter/sdk';
import { useState } from 'preact/hooks';

import { RegionName, RegionSelect } from '../connection/region-select';
import { kraiter } from '../kraiter';
import { Action } from '../parts/action';
import { useAnnouncer } from '../parts/announcer';
import { Field } from '../parts/field';
import { Loading } from '../parts/loading';
import { ProblemNotice } from '../parts/problem';
import { useSession } from '../session';
import { AddIdentity } from './add';
import { Problems } from './problems';
import { IdentityRow } from './row';
import { useIdentityList } from './use-identities';

/** Identities by region, and the form that adds one. */
export function Identities({ binding }: { binding: AwsBinding }) {
  const [shown, setShown] = useState('');
  const { data, error, reload } = useIdentityList(shown);
  return (
    <section class="identities" aria-labelledby="identities-title">
      <div class="heading">
        <div>
          <h2 id="identities-title">Sender identities</h2>
          <p class="muted">A domain or an address must be verified with SES before mail can come from it.</p>
        </div>
        <Field name="shown" label="Show">
          {(control) => (
            <RegionSelect {...control} regions={binding.regions} none="Regions in use" onChange={setShown}>
              <option value="all">All regions</option>
            </RegionSelect>
          )}
        </Field>
      </div>
      <AddIdentity binding={binding} />
      {error !== undefined && <ProblemNotice error={error} title="The identities can’t be loaded" retry={reload} />}
      {data ? (
        <Listed key={shown} first={data} shown={shown} binding={binding} />
      ) : (
        error === undefined && <Loading what="Loading the identities" lines={3} />
      )}
    </section>
  );
}

/** The first page, which is kept fresh, and older ones below it on demand. */
function Listed({ first, shown, binding }: { first: IdentityList; shown: string; binding: AwsBinding }) {
  const announce = useAnnouncer();
  const { noteError } = useSession();
  const [older, setOlder] = useState<IdentityList>();
  const [error, setError] = useState<unknown>();
  const identities = withoutRepeats([...first.data, ...(older?.data ?? [])]);
  const next = older ? older.nextCursor : first.nextCursor;

  const more = async () => {
    if (!next) return;
    setError(undefined);
    const page = await kraiter.identities.list({ ...(shown ? { region: shown } : {}), cursor: next });
    setOlder({ ...page, data: [...identities, ...page.data] });
    announce(`${page.data.length} more identities added`);
  };
  const failed = (problem: unknown) => {
    noteError(problem);
    setError(problem);
  };

  return (
    <>
      <Problems problems={first.problems} regions={binding.regions} />
      {identities.length ? <ByRegion list={identities} binding={binding} /> : first.problems.length === 0 && <Empty />}
      {error !== undefined && <ProblemNotice error={error} />}
      {next && (
        <div class="actions">
          <Action class="secondary" run={more} busy="Loading…" onError={failed}>
            Show more
          </Action>
        </div>
      )}
    </>
  );
}

/** Each identity once, as it was told first: the first page is the freshest. */
const withoutRepeats = (list: Identity[]) =>
  list.filter(({ id }, place) => list.findIndex((other) => other.id === id) === place);

function Empty() {
  return (
    <div class="empty">
      <p class="title">No identity yet</p>
      <p>Add your domain above to send from any address of it, or a single address to try things out.</p>
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
