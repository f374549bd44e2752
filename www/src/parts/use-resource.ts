import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { useSession } from '../session';

export interface Resource<T> {
  data: T | undefined;
  /** Why the last attempt failed; what was loaded before stays. */
  error: unknown;
  loading: boolean;
  reload(): void;
}

/**
 * Loads something of the API, and loads it again when the page comes back to the front or back online. `again` says after how
 * many milliseconds to look once more; nothing is asked while the page is hidden. `key` names what is loaded: another key, another load.
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  again: (data: T) => number | null = () => null,
): Resource<T> {
  const { noteError } = useSession();
  const [state, setState] = useState<{ key: string; data?: T | undefined; error?: unknown; loading: boolean }>({
    key,
    loading: true,
  });
  const [turn, setTurn] = useState(0);
  const latest = useRef({ load, again });
  latest.current = { load, again };
  const reload = useCallback(() => setTurn((n) => n + 1), []);

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (milliseconds: number | null) => {
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
        later(latest.current.again(data));
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        noteError(error);
        setState((old) => ({ ...old, error, loading: false }));
        later(10_000);
      },
    );
    const wake = () => {
      if (!document.hidden) reload();
    };
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('online', wake);
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('online', wake);
    };
  }, [key, turn, noteError, reload]);

  const own = state.key === key ? state : { data: undefined, error: undefined, loading: true };
  return { data: own.data, error: own.error, loading: own.loading, reload };
}
