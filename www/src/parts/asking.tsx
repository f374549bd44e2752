import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';

import { useSession } from '../session';
import { useAnnouncer } from './announcer';
import { Question } from './question';

interface Props {
  /** The words on the button that asks. */
  button: string;
  /** What the button is called where the words alone don't tell. */
  name?: string;
  title: string;
  /** What is done after a yes. */
  action: string;
  busy: string;
  run: () => Promise<unknown>;
  /** What is said when it is done. */
  said: string;
  done: () => void;
  /** What else happens where it fails. */
  failed?: () => void;
  children: ComponentChildren;
}

/** A button that takes something away, after a question. */
export function Asking({ button, name, title, action, busy, run, said, done, failed, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const announce = useAnnouncer();
  const { noteError } = useSession();
  const [error, setError] = useState<unknown>();
  const id = useId();
  const fail = (problem: unknown) => {
    noteError(problem);
    setError(problem);
    failed?.();
  };
  const go = async () => {
    setError(undefined);
    await run();
    dialog.current?.close();
    announce(said);
    done();
  };
  return (
    <>
      <button type="button" class="quiet danger" aria-label={name} onClick={() => dialog.current?.showModal()}>
        {button}
      </button>
      <Question dialog={dialog} id={id} title={title} action={action} busy={busy} run={go} error={error} onError={fail}>
        {children}
      </Question>
    </>
  );
}
