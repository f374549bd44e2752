import type { Identity } from '@kraiter/sdk';
import { DeleteButton } from '../components/delete-button';
import { kraiter } from '../kraiter';

/** Deletes an identity in SES, after confirmation. */
export function DeleteIdentity({ identity: { id, identity, region, type } }: { identity: Identity }) {
  return (
    <div class="actions">
      <DeleteButton
        title={`Delete ${identity} in ${region}?`}
        run={() => kraiter.identities.delete(id)}
        successMessage={`${identity} deleted`}
        next="/identities"
      >
        <p>
          This removes it from Amazon SES for everyone using this AWS account. Email can’t be sent from it in this
          region any more.
        </p>
        <p>
          Sent emails stay listed. To use it again, you must verify it again
          {type === 'domain' && ' with new DNS records'}.
        </p>
      </DeleteButton>
    </div>
  );
}
