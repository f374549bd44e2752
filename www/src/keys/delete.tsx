import type { ApiKey } from '@kraiter/sdk';

import { kraiter } from '../kraiter';
import { Asking } from '../parts/asking';

/** Lets a key in no more, after a question. */
export function DeleteKey({ apiKey, done }: { apiKey: ApiKey; done: () => void }) {
  return (
    <Asking
      button="Delete…"
      name={`Delete ${apiKey.name}…`}
      title={`Delete the key “${apiKey.name}”?`}
      action="Delete the key"
      busy="Deleting…"
      run={() => kraiter.apiKeys.delete(apiKey.id)}
      said="The key is deleted"
      done={done}
    >
      <p>
        Whoever uses it is let in no more, at once.
        {apiKey.current && ' You are signed in with it, so you will have to sign in again with another one.'}
      </p>
    </Asking>
  );
}
