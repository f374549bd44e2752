import type { AwsBinding, Region } from '@kraiter/sdk';
import { useState } from 'preact/hooks';

import { AddRegion } from './add-region';
import { ManualEvents } from './manual-events';
import { RegionRow } from './region-row';
import { RegionName } from './region-select';
import type { Connection } from './use-connection';
import { useQuery } from './use-query';

/** The sending regions in use, and the forms that add one or set up its events. */
export function Regions({ binding, flow }: { binding: AwsBinding; flow: Connection['flow'] }) {
  const { query, setQuery } = useQuery();
  const [adding, setAdding] = useState(false);
  const toAdd = find(binding, query.add);
  const eventsFor = find(binding, query.events);
  const close = () => {
    setAdding(false);
    setQuery({ add: null, events: null });
  };
  return (
    <section class="regions" aria-labelledby="regions-title">
      <div class="heading">
        <div>
          <h2 id="regions-title">Regions</h2>
          <p class="muted">One role covers every region. Sandbox status, quotas and events are set per region.</p>
        </div>
        {!adding && !toAdd && !eventsFor && (
          <button type="button" class="secondary" onClick={() => setAdding(true)}>
            Add region
          </button>
        )}
      </div>
      <ul class="rows">
        {regionsInUse(binding).map((region) => (
          <RegionRow
            key={region.region}
            region={region}
            isDefault={region.region === binding.stackRegion}
            {...(region.events === 'active'
              ? {}
              : { setUpEvents: () => setQuery({ add: null, events: region.region }) })}
          />
        ))}
      </ul>
      {(adding || toAdd) && !eventsFor && (
        <AddRegion
          binding={binding}
          flow={flow}
          chosen={toAdd}
          choose={(region, method) =>
            setQuery(method === 'stack' ? { add: region, events: null } : { add: null, events: region })
          }
          close={close}
        />
      )}
      {eventsFor && (
        <section class="card" aria-labelledby="events-setup-title">
          <h3 id="events-setup-title">
            Set up events in <RegionName regions={binding.regions} region={eventsFor.region} />
          </h3>
          <ManualEvents key={eventsFor.region} binding={binding} region={eventsFor.region} flow={flow} close={close} />
        </section>
      )}
    </section>
  );
}

const find = (binding: AwsBinding, name: string | undefined): Region | undefined =>
  binding.regions.find(({ region }) => region === name);

/** Returns the regions with known status, the default region first. */
function regionsInUse(binding: AwsBinding): Region[] {
  const isDefault = (region: Region) => region.region === binding.stackRegion;
  return binding.regions
    .filter(
      (region) => isDefault(region) || region.events !== 'none' || region.sandbox !== null || region.reason !== null,
    )
    .sort((a, b) => Number(isDefault(b)) - Number(isDefault(a)) || a.location.localeCompare(b.location));
}
