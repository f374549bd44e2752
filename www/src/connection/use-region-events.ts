import type { AwsBinding, RegionEvents } from '@kraiter/sdk';
import { useEffect, useRef } from 'preact/hooks';
import { useAnnouncer } from '../components/announcer';
import { useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';
import type { Connection } from './use-connection';

/** How often to check for events, in milliseconds. */
const POLL_INTERVAL = 3_000;

export const eventsIn = (binding: AwsBinding, region: string): RegionEvents =>
  binding.regions.find((known) => known.region === region)?.events ?? 'none';

/** Polls until the events of a region are active, then refreshes the connection. */
export function useRegionEvents(binding: AwsBinding, region: string, flow: Connection['flow']): RegionEvents {
  const announce = useAnnouncer();
  const connected = useRef(false);
  connected.current = binding.status === 'connected';
  const { data = binding } = useResource(
    `events ${region}`,
    (signal) => kraiter.awsBinding.get({ signal }),
    (latest) => (eventsIn(latest, region) === 'active' ? null : POLL_INTERVAL),
  );
  const events = eventsIn(data, region);
  useEffect(() => {
    if (events !== 'active') return;
    announce(`Events are active in ${region}`);
    // Verifying also reads the region's sandbox status and quotas. The flow shows the result, and verifies automatically
    // if the connection needs attention.
    if (connected.current)
      kraiter.awsBinding
        .verify()
        .catch(() => undefined)
        .finally(flow.retry);
    else flow.retry();
  }, [events, region, announce, flow]);
  return events;
}
