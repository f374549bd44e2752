import type { Email } from '@kraiter/sdk';
import { useRef, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { Question } from '../parts/question';
import { useSession } from '../session';

/** Takes an email back that SES wasn't asked to send yet, after a question. */
export function Cancel({ email, done }: { email: Email; done: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const announce = useAnnouncer();
  const { noteError } = useSession();
  const [error, setError] = useState<unknown>();
  const failed = (problem: unknown) => {
    noteError(problem);
    setError(problem);
    // It may have had its turn meanwhile.
    done();
  };
  const cancel = async () => {
    setError(undefined);
    await kraiter.emails.cancel(email.id);
    dialog.current?.close();
    announce('The email is cancelled');
    done();
  };
  return (
    <div class="actions">
      <button type="button" class="quiet danger" onClick={() => dialog.current?.showModal()}>Cancel this email…</button>
      <Question dialog={dialog} id="cancel-title" title="Cancel this email?" action="Cancel the email" busy="Cancelling…" run={cancel} error={error} onError={failed}>
        <p>It won’t be sent to anybody. This can’t be undone.</p>
      </Question>
    </div>
  );
}
