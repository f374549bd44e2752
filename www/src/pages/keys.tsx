import type { ApiKey, NewApiKey } from '@kraiter/sdk';
import { useState } from 'preact/hooks';
import { CopyableValue } from '../components/copy-button';
import { Loading } from '../components/loading';
import { ErrorNotice, Notice } from '../components/notice';
import { Page } from '../components/page';
import { useResource } from '../hooks/use-resource';
import { CreateKey } from '../keys/create';
import { KeyRow } from '../keys/row';
import { kraiter } from '../kraiter';

/** Returns whether a key can always manage the organisation. One such key remains. */
const isPermanent = ({ scope, expiresAt }: ApiKey) => scope === 'full' && expiresAt === null;

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
              <KeyRow
                key={key.id}
                apiKey={key}
                isLast={isPermanent(key) && keys.filter(isPermanent).length === 1}
                onRevoke={reload}
              />
            ))}
          </ul>
        )}
      </div>
    </Page>
  );
}
