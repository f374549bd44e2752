import { useCallback } from 'preact/hooks';
import { useLocation } from 'preact-iso';

/** How the customer means to make the role: by the stack, or by hand. */
export type Way = 'stack' | 'manual';

/** The way stands in the address, so that a reload or a link keeps it; with it the region that a role made by hand is for. */
export function useWay() {
  const { path, query, route } = useLocation();
  const way: Way = query.setup === 'manual' ? 'manual' : 'stack';
  const setWay = useCallback(
    (next: Way, region?: string) => {
      const parameters = new URLSearchParams({
        ...(next === 'manual' ? { setup: next } : {}),
        ...(next === 'manual' && region ? { region } : {}),
      });
      route(parameters.size ? `${path}?${parameters}` : path, true);
    },
    [path, route],
  );
  return { way, region: query.region, setWay };
}
