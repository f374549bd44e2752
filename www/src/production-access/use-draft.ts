import { useCallback, useState } from 'preact/hooks';

import { useSession } from '../session';
import { type Answers, NO_ANSWERS } from './draft';

/** What the user has entered. */
export interface RequestDraft {
  answers: Answers;
  /** The description as the user has edited it, or null while it follows the answers. */
  useCase: string | null;
}

/** Stores the request for a region in this tab, so that a reload or an expired session loses nothing. */
export function useRequestDraft(region: string) {
  const key = `kraiter production access ${useSession().organisation?.id} ${region}`;
  const [draft, setDraft] = useState<RequestDraft>(() => {
    const stored = sessionStorage.getItem(key);
    return stored === null ? { answers: NO_ANSWERS, useCase: null } : (JSON.parse(stored) as RequestDraft);
  });
  const change = useCallback(
    (draft: RequestDraft) => {
      setDraft(draft);
      sessionStorage.setItem(key, JSON.stringify(draft));
    },
    [key],
  );
  return [draft, change] as const;
}
