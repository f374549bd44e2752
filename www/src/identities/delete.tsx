import type { Identity } from '@kraiter/sdk';

import { kraiter } from '../kraiter';
import { Deletion } from '../parts/deletion';

/** Deletes an identity at SES, after a question. */
export function DeleteIdentity({ identity: { id, identity, region, type } }: { identity: Identity }) {
  return (
    <div class="actions">
      <Deletion
        title={`Delete ${identity} in ${region}?`}
        run={() => kraiter.identities.delete(id)}
        said={`${identity} is deleted`}
        next="/identities"
      >
        <p>
          It is deleted in Amazon SES, for whoever else uses the AWS account too: no mail can be sent from it in this
          region any more.
        </p>
        <p>
          What was sent stays listed. To use it again it has to be verified again
          {type === 'domain' && ', by new DNS records'}.
        </p>
      </Deletion>
    </div>
  );
}
