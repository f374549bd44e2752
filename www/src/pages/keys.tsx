import type { ApiKey, NewApiKey } from '@kraiter/sdk';
import { useState } from 'preact/hooks';
import { CopyableValue } from '../components/copy-button';
import { Loading } from '../components/loading';
import { ErrorNotice, Notice } from '../components/notice';
import { Page } from '../components/page';
import { Time } from '../components/time';
import { useResource } from '../hooks/use-resource';
import { CreateKey } from '../keys/create';
import { RevokeKey } from '../keys/revoke';
import { kraiter } from '../kraiter';

/** Lists, creates and revokes the organisation's API keys. */
export function KeysPage() {
  const { data, error, reload } = useResource(
    'keys',
    (signal) => kraiter.apiKeys.list({ signal }),
    () => 30_000,
  );
  const [created, setCreated] = useState<NewApiKey>();
  const keys = data?.data ?? [];
  return (
    <Page
      title="API keys"
      lead="Create a separate key for each application so you can revoke one without affecting the rest."
    >
      <div class="stack">
        <CreateKey
          onCreate={(key) => {
            setCreated(key);
            reload();
          }}
        />
        {created && (
          <Notice tone="green" title={`Copy the key “${created.name}” now. You won’t be able to see it again.`}>
            <p>
              <CopyableValue text={created.apiKey} what="API key" />
            </p>
            <p>Store it in your secrets manager. If you lose it, revoke it and create another key.</p>
          </Notice>
        )}
        {error !== undefined && <ErrorNotice error={error} title="Could not load API keys" retry={reload} />}
        {!data && error === undefined && <Loading what="Loading API keys" lines={3} />}
        {keys.length > 0 && (
          <ul class="rows keys" aria-label="API keys">
            {keys.map((key) => (
              <Row key={key.id} apiKey={key} isLast={keys.length === 1} onRevoke={reload} />
            ))}
          </ul>
        )}
      </div>
    </Page>
  );
}

function Row({ apiKey, isLast, onRevoke }: { apiKey: ApiKey; isLast: boolean; onRevoke: () => void }) {
  const { name, hint, createdAt, lastUsedAt, current } = apiKey;
  return (
    <li>
      <div>
        <p class="name">
          {name} {current && <span class="tag info">Current session</span>}
        </p>
        <p class="muted">
          <code>kr_key_…{hint}</code> · Created <Time at={createdAt} relative /> ·{' '}
          {lastUsedAt === null ? (
            'Never used'
          ) : (
            <>
              Last used <Time at={lastUsedAt} relative />
            </>
          )}
        </p>
      </div>
      {isLast ? <p class="muted">The last key can’t be revoked.</p> : <RevokeKey apiKey={apiKey} onRevoke={onRevoke} />}
    </li>
  );
}
