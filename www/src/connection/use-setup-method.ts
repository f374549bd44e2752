import { useCallback } from 'preact/hooks';
import { useLocation } from 'preact-iso';

/** How the customer creates the role: with the CloudFormation stack or manually. */
export type SetupMethod = 'stack' | 'manual';

/** Stores the setup method, and the sending region of a manual setup, in the URL, so that reloads and links keep them. */
export function useSetupMethod() {
  const { path, query, route } = useLocation();
  const method: SetupMethod = query.setup === 'manual' ? 'manual' : 'stack';
  const setMethod = useCallback(
    (next: SetupMethod, region?: string) => {
      const parameters = new URLSearchParams({
        ...(next === 'manual' ? { setup: next } : {}),
        ...(next === 'manual' && region ? { region } : {}),
      });
      route(parameters.size ? `${path}?${parameters}` : path, true);
    },
    [path, route],
  );
  return { method, region: query.region, setMethod };
}
