import type { Identity, IdentityList, RegionCode } from '@kraiter/sdk';
import { type Resource, useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';

/** The refresh interval if no identity is pending, in milliseconds. */
const IDLE_INTERVAL = 60_000;

/** The regions that a list shows: one, all, or those in use. */
export type RegionFilter = RegionCode | 'all' | '';

/**
 * Loads the first page of identities, and refreshes it at the interval that the API suggests. Defaults to the
 * regions in use.
 */
export function useIdentityList(region: RegionFilter = ''): Resource<IdentityList> {
  return useResource(
    `identities ${region}`,
    (signal) => kraiter.identities.list(region ? { region } : {}, { signal }),
    ({ data }) => Math.min(IDLE_INTERVAL, ...data.map(pollDelay)),
  );
}

/** Returns the milliseconds after which an identity can have changed. */
export const pollDelay = ({ pollAfterSeconds }: Identity): number =>
  pollAfterSeconds === null ? Infinity : pollAfterSeconds * 1_000;
