import type { AwsBinding } from '@kraiter/sdk';
import { useCallback, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { RegionSelect } from '../connection/region-select';
import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { Field } from '../parts/field';
import { ProblemNotice } from '../parts/problem';
import { text, useForm } from '../parts/use-form';
import { KeyFields, useKey } from './key-fields';

const FIELDS = ['identity', 'region', 'dkim.selector', 'dkim.privateKey'] as const;

/** Asks SES to verify a domain or an address, and leads to what is left to do for it. */
export function AddIdentity({ binding }: { binding: AwsBinding }) {
  const announce = useAnnouncer();
  const { route } = useLocation();
  const [name, setName] = useState('');
  const key = useKey();
  const signed = !name.includes('@');
  const submit = useCallback(
    async (form: FormData) => {
      const region = text(form, 'region');
      // Unless another one is chosen, SES makes the key, and a domain that is there already keeps its own.
      const dkim = signed && key.choice !== 'long' ? { dkim: key.take(form, 'dkim.') } : {};
      const identity = await kraiter.identities.create({
        identity: text(form, 'identity'),
        ...(region ? { region } : {}),
        ...dkim,
      });
      announce(`${identity.identity} added: ${identity.verified ? 'verified' : 'verification pending'}`);
      route(`/identities/${identity.id}`);
    },
    [announce, route, signed, key.choice],
  );
  const form = useForm(FIELDS, submit);
  return (
    <form class="add" {...form.props}>
      <div class="row">
        <Field name="identity" label="Domain or email address" error={form.fieldError('identity')}>
          {(control) => (
            <input
              {...control}
              value={name}
              placeholder="example.com"
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field name="region" label="Region" error={form.fieldError('region')}>
          {(control) => (
            <RegionSelect {...control} regions={binding.regions} value={binding.stackRegion ?? undefined} />
          )}
        </Field>
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Adding…' : 'Add identity'}
        </button>
      </div>
      {signed && (
        <details>
          <summary>Signing key of a domain</summary>
          <KeyFields value={key} form={form} prefix="dkim." />
        </details>
      )}
      {form.error !== undefined && <ProblemNotice error={form.error} />}
    </form>
  );
}
