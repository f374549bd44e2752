import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { useSession } from '../session';

export interface Resource<T> {
  data: T | undefined;
  /** Why the last attempt failed. Data loaded earlier stays. */
  error: unknown;
  loading: boolean;
  reload(): void;
}

/**
 * Loads data from the API, and reloads it when the page becomes visible or goes back online. `refreshDelay` returns the
 * milliseconds until the next refresh, or null for none; a hidden page doesn't refresh. A different `key` starts a new load.
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  refreshDelay: (data: T) => number | null = () => null,
): Resource<T> {
  const { noteError } = useSession();
  const [state, setState] = useState<{ key: string; data?: T | undefined; error?: unknown; loading: boolean }>({
    key,
    loading: true,
  });
  const [version, setVersion] = useState(0);
  const latest = useRef({ load, refreshDelay });
  latest.current = { load, refreshDelay };
  const reload = useCallback(() => setVersion((n) => n + 1), []);

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const scheduleReload = (milliseconds: number | null) => {
      if (milliseconds !== null)
        timer = setTimeout(() => {
          if (!document.hidden) reload();
        }, milliseconds);
    };
    setState((old) => (old.key === key ? { ...old, loading: true } : { key, loading: true }));
    latest.current.load(abort.signal).then(
      (data) => {
        if (abort.signal.aborted) return;
        setState({ key, data, loading: false });
        scheduleReload(latest.current.refreshDelay(data));
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        noteError(error);
        setState((old) => ({ ...old, error, loading: false }));
        scheduleReload(10_000);
      },
    );
    const reloadIfVisible = () => {
      if (!document.hidden) reload();
    };
    document.addEventListener('visibilitychange', reloadIfVisible);
    window.addEventListener('online', reloadIfVisible);
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', reloadIfVisible);
      window.removeEventListener('online', reloadIfVisible);
    };
  }, [key, version, noteError, reload]);

  const current = state.key === key ? state : { data: undefined, error: undefined, loading: true };
  return { data: current.data, error: current.error, loading: current.loading, reload };
}
