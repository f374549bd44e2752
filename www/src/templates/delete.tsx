import type { Template } from '@kraiter/sdk';
import { useLocation } from 'preact-iso';
import { useRef, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { Action } from '../parts/action';
import { useAnnouncer } from '../parts/announcer';
import { ProblemNotice } from '../parts/problem';
import { useSession } from '../session';

/** Deletes a template, once that is confirmed. */
export function DeleteTemplate({ template }: { template: Template }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const announce = useAnnouncer();
  const { route } = useLocation();
  const { noteError } = useSession();
  const [error, setError] = useState<unknown>();
  const remove = async () => {
    setError(undefined);
    await kraiter.templates.delete(template.id);
    announce(`${template.name} deleted`);
    route('/templates');
  };
  const failed = (problem: unknown) => {
    noteError(problem);
    setError(problem);
  };
  return (
    <>
      <button type="button" class="quiet danger" onClick={() => dialog.current?.showModal()}>Delete…</button>
      <dialog ref={dialog} aria-labelledby="delete-title">
        <article>
          <h2 id="delete-title">Delete {template.name}?</h2>
          <p>All its versions go with it. A program that still sends by it is refused. Mail that was accepted stays as it is.</p>
          {error !== undefined && <ProblemNotice error={error} />}
          <footer>
            <button type="button" class="secondary" onClick={() => dialog.current?.close()}>Keep it</button>
            <Action class="danger-solid" run={remove} busy="Deleting…" onError={failed}>Delete</Action>
          </footer>
        </article>
      </dialog>
    </>
  );
}
