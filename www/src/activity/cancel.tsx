import type { Email } from '@kraiter/sdk';

import { kraiter } from '../kraiter';
import { Asking } from '../parts/asking';

/** Takes an email back that SES wasn't asked to send yet, after a question. Where it had its turn meanwhile, it is looked at again, too. */
export function Cancel({ email, done }: { email: Email; done: () => void }) {
  return (
    <div class="actions">
      <Asking
        button="Cancel this email…"
        title="Cancel this email?"
        action="Cancel the email"
        busy="Cancelling…"
        run={() => kraiter.emails.cancel(email.id)}
        said="The email is cancelled"
        done={done}
        failed={done}
      >
        <p>It won’t be sent to anybody. This can’t be undone.</p>
      </Asking>
    </div>
  );
}
