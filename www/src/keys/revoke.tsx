import type { ApiKey } from '@kraiter/sdk';

import { ConfirmButton } from '../components/confirm-button';
import { kraiter } from '../kraiter';

/** Revokes an API key, after confirmation. */
export function RevokeKey({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  return (
    <ConfirmButton
      label="Revoke…"
      accessibleLabel={`Revoke ${apiKey.name}…`}
      title={`Revoke the API key “${apiKey.name}”?`}
      confirm="Revoke key"
      busy="Revoking…"
      run={() => kraiter.apiKeys.delete(apiKey.id)}
      successMessage="API key revoked"
      onSuccess={onRevoke}
    >
      <p>
        Requests using this key will be rejected immediately.
        {apiKey.current && ' You’re signed in with this key, so you’ll have to sign in again with another one.'}
      </p>
    </ConfirmButton>
  );
}
