import { useRef, useState } from 'preact/hooks';

import { useSession } from '../session';
import { useAnnouncer } from './announcer';
import { useResource } from './use-resource';

/** A page as the API answers it. */
interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** The first page of a list, kept fresh, and older ones below it on demand. `what` names the entries for those who hear the page. */
export function usePages<T extends { id: string }>(
  what: string,
  load: (page: { limit: number; cursor?: string }, signal?: AbortSignal) => Promise<Page<T>>,
  again: (first: Page<T>) => number | null,
) {
  const first = useResource(what, (signal) => load({ limit: LIMIT }, signal), again);
  const [older, setOlder] = useState<Page<T>>();
  const [moreError, setMoreError] = useState<unknown>();
  const list = useRef<HTMLUListElement>(null);
  const announce = useAnnouncer();
  const { noteError } = useSession();

  const entries = withoutRepeats([...(first.data?.data ?? []), ...(older?.data ?? [])]);
  const next = older ? older.nextCursor : (first.data?.nextCursor ?? null);

  const more = async () => {
    if (next === null) return;
    setMoreError(undefined);
    const page = await load({ limit: LIMIT, cursor: next });
    // All that is shown is kept, so that what is new and pushes it off the first page doesn't let it fall between the two.
    setOlder({ data: [...entries, ...page.data], nextCursor: page.nextCursor });
    announce(`${page.data.length} older ${what} added`);
    requestAnimationFrame(() => list.current?.querySelectorAll('a')[entries.length]?.focus());
  };
  const failed = (problem: unknown) => {
    noteError(problem);
    setMoreError(problem);
  };
  return {
    entries,
    next,
    more,
    failed,
    moreError,
    list,
    error: first.error,
    reload: first.reload,
    loaded: first.data !== undefined,
  };
}

/** How many are on a page. */
const LIMIT = 20;

/** Each once, as it was told first: the first page is the freshest. */
const withoutRepeats = <T extends { id: string }>(entries: T[]) =>
  entries.filter(({ id }, place) => entries.findIndex((other) => other.id === id) === place);
