import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso';

import { ConfirmButton } from './confirm-button';

interface Props {
  title: string;
  run: () => Promise<unknown>;
  /** Shown after `run` succeeds. */
  successMessage: string;
  /** The page to open after the deletion. */
  next: string;
  children: ComponentChildren;
}

/** Deletes the item that the page shows, after confirmation. */
export function DeleteButton({ title, run, successMessage, next, children }: Props) {
  const { route } = useLocation();
  return (
    <ConfirmButton
      label="Delete…"
      title={title}
      confirm="Delete"
      busy="Deleting…"
      run={run}
      successMessage={successMessage}
      onSuccess={() => route(next)}
    >
      {children}
    </ConfirmButton>
  );
}
