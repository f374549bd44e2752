import { useCallback } from 'preact/hooks';
import { useLocation } from 'preact-iso';

/** Reads and changes the query of the URL. `null` removes a parameter. */
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
