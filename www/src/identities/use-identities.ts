import type { Identity, IdentityList } from '@kraiter/sdk';

import { kraiter } from '../kraiter';
import { type Resource, useResource } from '../parts/use-resource';

/** How long a list is good for where SES is done with all of it, in milliseconds. */
const SETTLED = 60_000;

/**
 * The first page of the identities, in the regions that the organisation uses unless told (`all`, or one). It is looked at again as
 * often as the API says that there can be something new.
 */
export function useIdentityList(region = ''): Resource<IdentityList> {
  return useResource(
    `identities ${region}`,
    (signal) => kraiter.identities.list(region ? { region } : {}, { signal }),
    ({ data }) => Math.min(SETTLED, ...data.map(pause)),
  );
}

/** In how many milliseconds asking for an identity again can show something new. */
export const pause = ({ pollAfterSeconds }: Identity): number =>
  pollAfterSeconds === null ? Infinity : pollAfterSeconds * 1_000;
