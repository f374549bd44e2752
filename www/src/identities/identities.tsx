import type { AwsBinding, Identity } from '@kraiter/sdk';

import { RegionName } from '../connection/region-select';
import { kraiter } from '../kraiter';
import { Loading } from '../parts/loading';
import { ProblemNotice } from '../parts/problem';
import { useResource } from '../parts/use-resource';
import { AddIdentity } from './add';
import { IdentityRow } from './row';

/** The organisation's identities. While one is pending, AWS is asked again every few seconds. */
export function useIdentities() {
  return useResource(
    'identities',
    async (signal) => {
      const { data } = await kraiter.identities.list({}, { signal });
      // A list doesn't tell a domain's records.
      return Promise.all(data.map((identity) => (identity.partial ? kraiter.identities.get(identity.id, { signal }) : identity)));
    },
    (list) => (list.some((identity) => !identity.verified) ? 5_000 : 60_000),
  );
}

/** Identities by region, with what has to be published for each, and the form that adds one. */
export function Identities({ binding }: { binding: AwsBinding }) {
  const { data, error, reload } = useIdentities();
  return (
    <section class="identities" aria-labelledby="identities-title">
      <div class="heading">
        <h2 id="identities-title">Sender identities</h2>
        <p class="muted">A domain or an address must be verified with SES before mail can come from it.</p>
      </div>
      <AddIdentity binding={binding} added={reload} />
      {error !== undefined && <ProblemNotice error={error} title="The identities can’t be loaded" retry={reload} />}
      {data ? <ByRegion list={data} binding={binding} /> : error === undefined && <Loading what="Loading the identities" lines={3} />}
    </section>
  );
}

function ByRegion({ list, binding }: { list: Identity[]; binding: AwsBinding }) {
  if (!list.length) {
    return (
      <div class="empty">
        <p class="title">No identity yet</p>
        <p>Add your domain above to send from any address of it, or a single address to try things out.</p>
      </div>
    );
  }
  const regions = [...new Set(list.map(({ region }) => region))].sort((a, b) => Number(b === binding.stackRegion) - Number(a === binding.stackRegion) || a.localeCompare(b));
  return (
    <>
      {regions.map((region) => (
        <section key={region} class="by-region" aria-labelledby={`region-${region}`}>
          <h3 id={`region-${region}`}><RegionName regions={binding.regions} region={region} /></h3>
          <ul class="rows">
            {list.filter((identity) => identity.region === region).map((identity) => <IdentityRow key={identity.id} identity={identity} />)}
          </ul>
        </section>
      ))}
    </>
  );
}
