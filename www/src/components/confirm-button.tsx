import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';

import { useSession } from '../session';
import { ConfirmDialog } from './confirm-dialog';
import { useToast } from './toasts';

interface Props {
  /** The text of the button that opens the dialog. */
  label: string;
  /** The accessible name of that button, if its text alone is ambiguous. */
  accessibleLabel?: string;
  title: string;
  /** The text of the dialog's confirm button. */
  confirm: string;
  /** The text of the confirm button while `run` is in progress. */
  busy: string;
  /** The text of the button that closes the dialog. */
  cancel?: string;
  run: () => Promise<unknown>;
  /** Shown after `run` succeeds. */
  successMessage: string;
  /** Reverts what `run` did. Offered after it succeeds. */
  undo?: () => Promise<void>;
  onSuccess: () => void;
  onFailure?: () => void;
  children: ComponentChildren;
}

/** A button for a destructive action, which asks for confirmation first. */
export function ConfirmButton(props: Props) {
  const {
    label,
    accessibleLabel,
    title,
    confirm,
    busy,
    cancel,
    run,
    successMessage,
    undo,
    onSuccess,
    onFailure,
    children,
  } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const toast = useToast();
  const { noteError } = useSession();
  const [error, setError] = useState<unknown>();
  const id = useId();
  const handleError = (error: unknown) => {
    noteError(error);
    setError(error);
    onFailure?.();
  };
  const runAndClose = async () => {
    setError(undefined);
    await run();
    dialog.current?.close();
    toast(successMessage, undo && { action: { label: 'Undo', busy: 'Undoing…', run: undo } });
    onSuccess();
  };
  return (
    <>
      <button
        type="button"
        class="quiet danger"
        aria-label={accessibleLabel}
        onClick={() => dialog.current?.showModal()}
      >
        {label}
      </button>
      <ConfirmDialog
        dialog={dialog}
        id={id}
        title={title}
        confirm={confirm}
        busy={busy}
        {...(cancel === undefined ? {} : { cancel })}
        run={runAndClose}
        error={error}
        onError={handleError}
      >
        {children}
      </ConfirmDialog>
    </>
  );
}
