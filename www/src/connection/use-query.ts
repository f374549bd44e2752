import { useCallback } from 'preact/hooks';
import { useLocation } from 'preact-iso';

/** What stands in the address, so that a reload keeps it; `null` takes a name out. */
export function useQuery() {
  const { path, query, route } = useLocation();
  const setQuery = useCallback(
    (change: Record<string, string | null>) => {
      const parameters = new URLSearchParams(query);
      for (const [name, value] of Object.entries(change)) {
        if (value === null) parameters.delete(name);
        else parameters.set(name, value);
      }
      route(parameters.size ? `${path}?${parameters}` : path, true);
    },
    [path, query, route],
  );
  return { query, setQuery };
}
