import type { ApiKey } from '@kraiter/sdk';

import { Time } from '../components/time';
import { RevokeKey } from './revoke';
import { SCOPES } from './scopes';

interface Props {
  apiKey: ApiKey;
  /** Whether it is the only full key without an expiry. */
  isLast: boolean;
  onRevoke: () => void;
}

/** An API key in the list. */
export function KeyRow({ apiKey, isLast, onRevoke }: Props) {
  const { name, hint, createdAt, lastUsedAt, current, scope, expiresAt, restrictions, test } = apiKey;
  const hasExpired = expiresAt !== null && Date.parse(expiresAt) <= Date.now();
  return (
    <li>
      <div>
        <p class="name">
          {name} <span class="tag">{test ? 'Test' : SCOPES[scope].label}</span>{' '}
          {current && <span class="tag info">Current session</span>}
        </p>
        <p class="muted">
          <code>
            {test ? 'kr_test_' : 'kr_key_'}…{hint}
          </code>{' '}
          · Created <Time at={createdAt} relative /> ·{' '}
          {lastUsedAt === null ? (
            'Never used'
          ) : (
            <>
              Last used <Time at={lastUsedAt} relative />
            </>
          )}
          {expiresAt !== null && (
            <>
              {' '}
              · {hasExpired ? 'Expired' : 'Expires'} <Time at={expiresAt} relative />
            </>
          )}
        </p>
        {restrictions && (
          <dl class="muted restrictions">
            <List label="From" entries={restrictions.senders} />
            <List label="To" entries={restrictions.recipientDomains} />
            <List label="Templates" entries={restrictions.templates} />
          </dl>
        )}
      </div>
      {isLast ? (
        <p class="muted">The last full key can’t be revoked.</p>
      ) : (
        <RevokeKey apiKey={apiKey} onRevoke={onRevoke} />
      )}
    </li>
  );
}

function List({ label, entries }: { label: string; entries: readonly string[] | undefined }) {
  if (!entries || entries.length === 0) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>{entries.join(', ')}</dd>
    </div>
  );
}
