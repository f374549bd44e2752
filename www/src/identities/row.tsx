import type { Identity } from '@kraiter/sdk';

import { Icon } from '../parts/icon';
import { ADDRESS_HINT, State } from './state';

/** One identity of a list: its state, and the way to all that is known of it. */
export function IdentityRow({ identity }: { identity: Identity }) {
  const domain = identity.type === 'domain';
  return (
    <li>
      <a class="line" href={`/identities/${identity.id}`}>
        <span class="what">
          <span class="name">{identity.identity}</span>
          <span class="muted">{domain ? 'Domain' : 'Email address'}</span>
        </span>
        <State identity={identity} />
        <Icon name="arrow" />
      </a>
      {!identity.verified && <p class="hint">{domain ? 'Open it for the DNS records to publish.' : ADDRESS_HINT}</p>}
    </li>
  );
}
