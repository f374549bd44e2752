import type { AwsBinding, RegionEvents } from '@kraiter/sdk';
import { useEffect, useRef } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { useResource } from '../parts/use-resource';
import type { Connection } from './use-connection';

/** How often a stack or a subscription is looked for, in milliseconds. */
const LOOK = 3_000;

export const eventsIn = (binding: AwsBinding, region: string): RegionEvents =>
  binding.regions.find((known) => known.region === region)?.events ?? 'none';

/** Waits until events come back from a region, and tells the whole page when they do. */
export function useRegionEvents(binding: AwsBinding, region: string, flow: Connection['flow']): RegionEvents {
  const announce = useAnnouncer();
  const connected = useRef(false);
  connected.current = binding.status === 'connected';
  const { data = binding } = useResource(
    `events ${region}`,
    (signal) => kraiter.awsBinding.get({ signal }),
    (seen) => (eventsIn(seen, region) === 'active' ? null : LOOK),
  );
  const events = eventsIn(data, region);
  useEffect(() => {
    if (events !== 'active') return;
    announce(`Events come back from ${region}`);
    // A check reads sandbox and limits of the region too; what it has to say is the flow's to show, which verifies by itself where
    // something needs attention.
    if (connected.current)
      kraiter.awsBinding
        .verify()
        .catch(() => undefined)
        .finally(flow.retry);
    else flow.retry();
  }, [events, region, announce, flow]);
  return events;
}
