import { useCallback, useMemo } from 'preact/hooks';

import { useSession } from '../session';
import type { Draft } from './draft';

/** What the browser stores of an editor, so that a reload or an expired session loses nothing. */
export interface StoredDraft {
  draft: Draft;
  /** The content that the draft is based on, as it was saved last. */
  saved: Draft;
  /** The version that the draft is based on; 0 for a new template. */
  base: number;
}

/**
 * Stores the draft of a template in this tab until it is closed. Drafts belong to an organisation, so that nobody else who signs in
 * here sees them.
 */
export function useStoredDraft(template: string) {
  const { organisation } = useSession();
  const id = organisation?.id ?? '';
  const keyOf = useCallback((name: string) => `kraiter draft ${id} ${name}`, [id]);
  return useMemo(() => {
    const key = keyOf(template);
    return {
      read: (): StoredDraft | undefined => {
        const json = sessionStorage.getItem(key);
        return json === null ? undefined : (JSON.parse(json) as StoredDraft);
      },
      /** Stores a draft, by default that of this template. */
      write: (draft: StoredDraft, name = template) => {
        try {
          sessionStorage.setItem(keyOf(name), JSON.stringify(draft));
        } catch {
          // The storage is full. The draft is still in the editor.
        }
      },
      remove: () => sessionStorage.removeItem(key),
    };
  }, [template, keyOf]);
}
