import type { Dkim, Identity } from '@kraiter/sdk';
import { useCallback, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { Copyable } from '../parts/copy';
import { Notice, ProblemNotice } from '../parts/problem';
import { useForm } from '../parts/use-form';
import { KeyFields, useKey } from './key-fields';

const ORIGIN: Record<Dkim['origin'], string> = {
  easy_dkim: 'Made and renewed by Amazon SES',
  byodkim: 'Your own',
  deterministic_easy_dkim: 'Made by Amazon SES, the same as in another region',
};

/** How a domain's mail is signed, and the way to change it. */
export function Signing({ identity, dkim, changed }: { identity: Identity; dkim: Dkim; changed: () => void }) {
  const [done, setDone] = useState(false);
  return (
    <section class="card" aria-labelledby="signing-title">
      <h2 id="signing-title">Signing</h2>
      {!dkim.signingEnabled && (
        <Notice tone="amber" title="Signing is switched off in SES: mail of this domain goes out without DKIM." />
      )}
      {done && (
        <Notice
          tone="info"
          title="The key is changed. Publish the records above: mail is signed by the new key once SES has seen them."
        />
      )}
      <dl class="facts grid">
        <div>
          <dt>Key</dt>
          <dd>{ORIGIN[dkim.origin]}</dd>
        </div>
        {dkim.keyLength !== null && (
          <div>
            <dt>Length</dt>
            <dd>
              {dkim.keyLength} bits
              {dkim.nextKeyLength !== null &&
                dkim.nextKeyLength !== dkim.keyLength &&
                `, ${dkim.nextKeyLength} bits next`}
            </dd>
          </div>
        )}
        {dkim.selector && (
          <div>
            <dt>Selector</dt>
            <dd>
              <Copyable text={dkim.selector} what="selector" />
            </dd>
          </div>
        )}
        {dkim.publicKey && (
          <div class="wide">
            <dt>Public key</dt>
            <dd>
              <Copyable text={dkim.publicKey} what="public key" />
            </dd>
          </div>
        )}
        {dkim.hostedZone && (
          <div>
            <dt>Records point into</dt>
            <dd>
              <code>{dkim.hostedZone}</code>
            </dd>
          </div>
        )}
      </dl>
      <details>
        <summary>Change the key</summary>
        <ChangeKey
          identity={identity}
          changed={() => {
            setDone(true);
            changed();
          }}
        />
      </details>
    </section>
  );
}

const FIELDS = ['selector', 'privateKey'] as const;

function ChangeKey({ identity, changed }: { identity: Identity; changed: () => void }) {
  const announce = useAnnouncer();
  const key = useKey();
  const submit = useCallback(
    async (form: FormData) => {
      await kraiter.identities.setDkim(identity.id, key.take(form));
      announce('The key is changed');
      changed();
    },
    [identity.id, key.choice, announce, changed],
  );
  const form = useForm(FIELDS, submit);
  return (
    <form class="change-key" {...form.props}>
      <KeyFields value={key} form={form} />
      <p class="hint">
        Records that are published now stop being used. Leave them for some days: mail that is on its way is signed by
        the old key.
      </p>
      {form.error !== undefined && <ProblemNotice error={form.error} />}
      <div class="actions">
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Changing…' : 'Change the key'}
        </button>
      </div>
    </form>
  );
}
