import type { Identity } from '@kraiter/sdk';

import { Icon } from '../components/icon';
import { ADDRESS_HINT, IdentityStatus } from './status';

/** An identity in a list, with a link to its page. */
export function IdentityRow({ identity }: { identity: Identity }) {
  const domain = identity.type === 'domain';
  return (
    <li>
      <a class="line" href={`/identities/${identity.id}`}>
        <span class="identity">
          <span class="name">{identity.identity}</span>
          <span class="muted">{domain ? 'Domain' : 'Email address'}</span>
        </span>
        <IdentityStatus identity={identity} />
        <Icon name="arrow" />
      </a>
      {!identity.verified && (
        <p class="hint">{domain ? 'Open the domain to see the DNS records to publish.' : ADDRESS_HINT}</p>
      )}
    </li>
  );
}
