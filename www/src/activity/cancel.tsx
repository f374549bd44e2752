import type { Email } from '@kraiter/sdk';

import { ConfirmButton } from '../components/confirm-button';
import { kraiter } from '../kraiter';

/** Cancels an email that Kraiter hasn't sent to SES yet. `onChange` also runs after a failure: it may have been sent meanwhile. */
export function CancelEmail({ email, onChange }: { email: Email; onChange: () => void }) {
  return (
    <div class="actions">
      <ConfirmButton
        label="Cancel email…"
        title="Cancel this email?"
        confirm="Cancel email"
        cancel="Keep email"
        busy="Cancelling…"
        run={() => kraiter.emails.cancel(email.id)}
        successMessage="Email cancelled"
        onSuccess={onChange}
        onFailure={onChange}
      >
        <p>It won’t be sent to any recipient. You can’t undo this.</p>
      </ConfirmButton>
    </div>
  );
}
