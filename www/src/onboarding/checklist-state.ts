import { useCallback, useState } from 'preact/hooks';

import { useSession } from '../session';

export type ChecklistState = 'shown' | 'dismissed' | 'finished';

/** Remembers in this browser whether the signed-in organisation sees the checklist. */
export function useChecklistState(): [state: ChecklistState, setState: (state: ChecklistState) => void] {
  const key = `checklist ${useSession().organisation?.id}`;
  const [state, setState] = useState<ChecklistState>(() => {
    const stored = localStorage.getItem(key);
    return stored === 'dismissed' || stored === 'finished' ? stored : 'shown';
  });
  const store = useCallback(
    (state: ChecklistState) => {
      localStorage.setItem(key, state);
      setState(state);
    },
    [key],
  );
  return [state, store];
}
