import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useAnnouncer } from '../components/announcer';
import type { More } from '../components/load-more';
import { useSession } from '../session';
import { usePlaces } from './use-places';
import { useResource } from './use-resource';

/** A page of a list, as the API returns it. */
interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

const PAGE_SIZE = 20;

/**
 * Loads the first page of a list, refreshes it, and loads older pages on demand. `what` names the entries for screen readers;
 * `refreshDelay` returns the milliseconds until the next refresh, or null for none. A list with the name `place` continues where it was left.
 */
export function usePaginatedList<T extends { id: string }>(
  what: string,
  load: (page: { limit: number; cursor?: string }, signal?: AbortSignal) => Promise<Page<T>>,
  refreshDelay: (first: Page<T>) => number | null,
  place?: string,
) {
  const places = usePlaces();
  const left = useRef(places.find(place));
  const remember = useRef(places.remember);
  const first = useResource(what, (signal) => load({ limit: PAGE_SIZE }, signal), refreshDelay);
  const [older, setOlder] = useState<Page<T> | undefined>(
    left.current && { data: left.current.entries as T[], nextCursor: left.current.next },
  );
  const [loadMoreError, setLoadMoreError] = useState<unknown>();
  const list = useRef<HTMLUListElement>(null);
  const announce = useAnnouncer();
  const { noteError } = useSession();

  const entries = withoutDuplicates([...(first.data?.data ?? []), ...(older?.data ?? [])]);
  const next = older ? older.nextCursor : (first.data?.nextCursor ?? null);

  const shown = useRef({ entries, next });
  shown.current = { entries, next };
  useLayoutEffect(() => {
    if (place === undefined) return;
    if (left.current) window.scrollTo(0, left.current.scroll);
    return () => {
      // Before the next page is shown.
      if (shown.current.entries.length) remember.current(place, { ...shown.current, scroll: window.scrollY });
    };
  }, [place]);

  const loadMore = async () => {
    if (next === null) return;
    setLoadMoreError(undefined);
    const page = await load({ limit: PAGE_SIZE, cursor: next });
    // Keep every entry shown so far: new entries can push some off the first page, and they would be on neither page.
    setOlder({ data: [...entries, ...page.data], nextCursor: page.nextCursor });
    announce(`${page.data.length} older ${what} added`);
    requestAnimationFrame(() => list.current?.querySelectorAll('a')[entries.length]?.focus());
  };
  const onLoadMoreError = (error: unknown) => {
    noteError(error);
    setLoadMoreError(error);
  };
  return {
    entries,
    more: { next, load: loadMore, error: loadMoreError, onError: onLoadMoreError } satisfies More,
    list,
    error: first.error,
    reload: first.reload,
    loaded: first.data !== undefined || entries.length > 0,
  };
}

/** Removes duplicates. The first occurrence stays, because the first page is the most recent. */
const withoutDuplicates = <T extends { id: string }>(entries: T[]) =>
  entries.filter(({ id }, index) => entries.findIndex((other) => other.id === id) === index);
