import type { ApiKey, NewApiKey } from '@kraiter/sdk';
import { useState } from 'preact/hooks';

import { DeleteKey } from '../keys/delete';
import { MakeKey } from '../keys/make';
import { kraiter } from '../kraiter';
import { Copyable } from '../parts/copy';
import { Loading } from '../parts/loading';
import { Page } from '../parts/page';
import { Notice, ProblemNotice } from '../parts/problem';
import { Time } from '../parts/time';
import { useResource } from '../parts/use-resource';

/** The organisation's keys: which there are, when each was last used, a new one, and an end of one. */
export function KeysPage() {
  const { data, error, reload } = useResource(
    'keys',
    (signal) => kraiter.apiKeys.list({ signal }),
    () => 30_000,
  );
  const [made, setMade] = useState<NewApiKey>();
  const keys = data?.data ?? [];
  return (
    <Page title="API keys" lead="Give each program a key of its own, so that one can be taken away without the others.">
      <div class="stack">
        <MakeKey
          done={(key) => {
            setMade(key);
            reload();
          }}
        />
        {made && (
          <Notice tone="green" title={`The key “${made.name}” is shown this once`}>
            <p>
              <Copyable text={made.apiKey} what="API key" />
            </p>
            <p>Keep it where secrets are kept. If it is lost, delete it and make another one.</p>
          </Notice>
        )}
        {error !== undefined && <ProblemNotice error={error} title="The keys can’t be loaded" retry={reload} />}
        {!data && error === undefined && <Loading what="Loading the keys" lines={3} />}
        {keys.length > 0 && (
          <ul class="rows keys" aria-label="API keys">
            {keys.map((key) => (
              <Row key={key.id} apiKey={key} alone={keys.length === 1} done={reload} />
            ))}
          </ul>
        )}
      </div>
    </Page>
  );
}

function Row({ apiKey, alone, done }: { apiKey: ApiKey; alone: boolean; done: () => void }) {
  const { name, hint, createdAt, lastUsedAt, current } = apiKey;
  return (
    <li>
      <div>
        <p class="name">
          {name} {current && <span class="tag info">You signed in with it</span>}
        </p>
        <p class="muted">
          <code>kr_…{hint}</code> · made <Time at={createdAt} relative /> ·{' '}
          {lastUsedAt === null ? (
            'never used'
          ) : (
            <>
              last used <Time at={lastUsedAt} relative />
            </>
          )}
        </p>
      </div>
      {alone ? <p class="muted">The last key can’t be deleted.</p> : <DeleteKey apiKey={apiKey} done={done} />}
    </li>
  );
}
