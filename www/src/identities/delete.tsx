import type { Identity } from '@kraiter/sdk';
import { useLocation } from 'preact-iso';
import { useRef, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { Action } from '../parts/action';
import { useAnnouncer } from '../parts/announcer';
import { ProblemNotice } from '../parts/problem';
import { useSession } from '../session';

/** Deletes an identity at SES, after a question. */
export function DeleteIdentity({ identity }: { identity: Identity }) {
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
    await kraiter.identities.delete(identity.id);
    dialog.current?.close();
    announce(`${identity.identity} is deleted`);
    route('/identities');
  };
  return (
    <>
      <div class="actions"><button type="button" class="quiet danger" onClick={() => dialog.current?.showModal()}>Delete…</button></div>
      <dialog ref={dialog} aria-labelledby="delete-title">
        <article>
          <h2 id="delete-title">Delete {identity.identity} in {identity.region}?</h2>
          <p>It is deleted in Amazon SES, for whoever else uses the AWS account too: no mail can be sent from it in this region any more.</p>
          <p>What was sent stays listed. To use it again it has to be verified again{identity.type === 'domain' && ', by new DNS records'}.</p>
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
