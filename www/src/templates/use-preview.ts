import type { TemplatePreview } from '@kraiter/sdk';
import { useEffect, useRef, useState } from 'preact/hooks';

import { useSession } from '../session';

/** How long nothing must be typed until the API is asked, in milliseconds. */
const PAUSE = 300;

export interface Preview {
  /** What was last made without an error. */
  made: TemplatePreview | undefined;
  /** Why what is written now can't be filled in. */
  error: unknown;
}

/**
 * What a template makes of variables, made anew when something is changed. `key` names what it is made of; without one there is
 * nothing to make yet.
 */
export function usePreview(key: string | undefined, make: (signal: AbortSignal) => Promise<TemplatePreview>): Preview {
  const { noteError } = useSession();
  const [preview, setPreview] = useState<Preview>({ made: undefined, error: undefined });
  const latest = useRef(make);
  latest.current = make;

  useEffect(() => {
    if (key === undefined) {
      setPreview({ made: undefined, error: undefined });
      return undefined;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      latest.current(abort.signal).then(
        (made) => {
          if (!abort.signal.aborted) setPreview({ made, error: undefined });
        },
        (error: unknown) => {
          if (abort.signal.aborted) return;
          noteError(error);
          setPreview(({ made }) => ({ made, error }));
        },
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, noteError]);
  return preview;
}
