import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso';
import { useRef, useState } from 'preact/hooks';

import { useAnnouncer } from './announcer';
import { Question } from './question';
import { useSession } from '../session';

interface Props {
  title: string;
  run: () => Promise<unknown>;
  /** What is said when it is done. */
  said: string;
  /** The page that is shown then. */
  next: string;
  children: ComponentChildren;
}

/** Deletes something, after a question. */
export function Deletion({ title, run, said, next, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const announce = useAnnouncer();
  const { route } = useLocation();
  const { noteError } = useSession();
  const [error, setError] = useState<unknown>();
  const failed = (problem: unknown) => {
    noteError(problem);
    setError(problem);
  };
  const remove = async () => {
    setError(undefined);
    await run();
    dialog.current?.close();
    announce(said);
    route(next);
  };
  return (
    <>
      <button type="button" class="quiet danger" onClick={() => dialog.current?.showModal()}>Delete…</button>
      <Question dialog={dialog} id="delete-title" title={title} action="Delete" busy="Deleting…" run={remove} error={error} onError={failed}>
        {children}
      </Question>
    </>
  );
}
