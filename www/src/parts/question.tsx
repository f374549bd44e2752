import type { ComponentChildren, RefObject } from 'preact';

import { Action } from './action';
import { ProblemNotice } from './problem';

interface Props {
  dialog: RefObject<HTMLDialogElement | null>;
  /** The id of its title. */
  id: string;
  title: string;
  /** What is done after a yes. */
  action: string;
  busy: string;
  run: () => Promise<void>;
  error: unknown;
  onError: (error: unknown) => void;
  children: ComponentChildren;
}

/** A question before something that takes away. */
export function Question({ dialog, id, title, action, busy, run, error, onError, children }: Props) {
  return (
    <dialog ref={dialog} aria-labelledby={id}>
      <article>
        <h2 id={id}>{title}</h2>
        {children}
        {error !== undefined && <ProblemNotice error={error} />}
        <footer>
          <button type="button" class="secondary" onClick={() => dialog.current?.close()}>
            Keep it
          </button>
          <Action class="danger-solid" run={run} busy={busy} onError={onError}>
            {action}
          </Action>
        </footer>
      </article>
    </dialog>
  );
}
