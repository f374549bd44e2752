import type { TemplatePreview } from '@kraiter/sdk';
import { useEffect, useRef, useState } from 'preact/hooks';

import { useSession } from '../session';

/** The delay between the last keystroke and the API call, in milliseconds. */
const DEBOUNCE = 300;

export interface Preview {
  /** The last valid preview. */
  rendered: TemplatePreview | undefined;
  /** Why the current content can't be rendered. */
  error: unknown;
}

/** Renders a preview whenever `key` changes. Without a key, there is nothing to render. */
export function usePreview(
  key: string | undefined,
  render: (signal: AbortSignal) => Promise<TemplatePreview>,
): Preview {
  const { noteError } = useSession();
  const [preview, setPreview] = useState<Preview>({ rendered: undefined, error: undefined });
  const latest = useRef(render);
  latest.current = render;

  useEffect(() => {
    if (key === undefined) {
      setPreview({ rendered: undefined, error: undefined });
      return undefined;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      latest.current(abort.signal).then(
        (rendered) => {
          if (!abort.signal.aborted) setPreview({ rendered, error: undefined });
        },
        (error: unknown) => {
          if (abort.signal.aborted) return;
          noteError(error);
          setPreview(({ rendered }) => ({ rendered, error }));
        },
      );
    }, DEBOUNCE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, noteError]);
  return preview;
}
