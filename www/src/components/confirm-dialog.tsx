import type { ComponentChildren, RefObject } from 'preact';

import { ActionButton } from './action-button';
import { ErrorNotice } from './notice';

interface Props {
  dialog: RefObject<HTMLDialogElement | null>;
  /** The ID of the dialog's title element. */
  id: string;
  title: string;
  /** The text of the confirm button. */
  confirm: string;
  /** The text of the confirm button while `run` is in progress. */
  busy: string;
  /** The text of the button that closes the dialog. */
  cancel?: string;
  run: () => Promise<void>;
  error: unknown;
  onError: (error: unknown) => void;
  children: ComponentChildren;
}

/** A modal dialog that confirms a destructive action. */
export function ConfirmDialog(props: Props) {
  const { dialog, id, title, confirm, busy, cancel = 'Cancel', run, error, onError, children } = props;
  return (
    <dialog ref={dialog} aria-labelledby={id}>
      <article>
        <h2 id={id}>{title}</h2>
        {children}
        {error !== undefined && <ErrorNotice error={error} />}
        <footer>
          <button type="button" class="secondary" onClick={() => dialog.current?.close()}>
            {cancel}
          </button>
          <ActionButton class="danger-solid" run={run} busy={busy} onError={onError}>
            {confirm}
          </ActionButton>
        </footer>
      </article>
    </dialog>
  );
}
