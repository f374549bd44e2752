import type { AwsBinding, Region } from '@kraiter/sdk';
import { useState } from 'preact/hooks';

import { AddRegion } from './add-region';
import { EventsByHand } from './events-by-hand';
import { RegionRow } from './region-row';
import { RegionName } from './region-select';
import type { Connection } from './use-connection';
import { useQuery } from './use-query';

/** The regions that are used: what each lets the account do, and whether events come back from it. */
export function Regions({ binding, flow }: { binding: AwsBinding; flow: Connection['flow'] }) {
  const { query, setQuery } = useQuery();
  const [adding, setAdding] = useState(false);
  const further = find(binding, query.add);
  const byHand = find(binding, query.events);
  const close = () => {
    setAdding(false);
    setQuery({ add: null, events: null });
  };
  return (
    <section class="regions" aria-labelledby="regions-title">
      <div class="heading">
        <div>
          <h2 id="regions-title">Regions</h2>
          <p class="muted">One role sends from every region. Sandbox, limits and events are a region’s own.</p>
        </div>
        {!adding && !further && !byHand && (
          <button type="button" class="secondary" onClick={() => setAdding(true)}>
            Add a region
          </button>
        )}
      </div>
      <ul class="rows">
        {used(binding).map((region) => (
          <RegionRow
            key={region.region}
            region={region}
            home={region.region === binding.stackRegion}
            {...(region.events === 'active' ? {} : { byHand: () => setQuery({ add: null, events: region.region }) })}
          />
        ))}
      </ul>
      {(adding || further) && !byHand && (
        <AddRegion
          binding={binding}
          flow={flow}
          further={further}
          choose={(region, way) =>
            setQuery(way === 'stack' ? { add: region, events: null } : { add: null, events: region })
          }
          close={close}
        />
      )}
      {byHand && (
        <section class="card" aria-labelledby="by-hand-title">
          <h3 id="by-hand-title">
            Events by hand from <RegionName regions={binding.regions} region={byHand.region} />
          </h3>
          <EventsByHand key={byHand.region} binding={binding} region={byHand.region} flow={flow} close={close} />
        </section>
      )}
    </section>
  );
}

const find = (binding: AwsBinding, name: string | undefined): Region | undefined =>
  binding.regions.find(({ region }) => region === name);

/** Those that something is known of, the stack's first. */
function used(binding: AwsBinding): Region[] {
  const home = (region: Region) => region.region === binding.stackRegion;
  return binding.regions
    .filter((region) => home(region) || region.events !== 'none' || region.sandbox !== null || region.reason !== null)
    .sort((a, b) => Number(home(b)) - Number(home(a)) || a.location.localeCompare(b.location));
}
