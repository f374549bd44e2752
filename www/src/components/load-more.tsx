import type { ComponentChildren } from 'preact';

import { ActionButton } from './action-button';
import { ErrorNotice } from './notice';

/** The rest of a paginated list. */
export interface More {
  /** Where it starts; `null` if the whole list is shown. */
  next: string | null;
  load: () => Promise<void>;
  error: unknown;
  onError: (error: unknown) => void;
}

/** A button that shows more of a list, as long as there is more. `children` is its text. */
export function LoadMore({
  more: { next, load, error, onError },
  children,
}: {
  more: More;
  children: ComponentChildren;
}) {
  return (
    <>
      {error !== undefined && <ErrorNotice error={error} />}
      {next !== null && (
        <div class="actions">
          <ActionButton class="secondary" run={load} busy="Loading…" onError={onError}>
            {children}
          </ActionButton>
        </div>
      )}
    </>
  );
}
