import type { AwsBinding } from '@kraiter/sdk';
import { useCallback, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { Field } from '../components/field';
import { ErrorNotice } from '../components/notice';
import { useToast } from '../components/toasts';
import { RegionSelect } from '../connection/region-select';
import { regionCode, text, useForm } from '../hooks/use-form';
import { kraiter } from '../kraiter';
import { KeyFields, useKey } from './key-fields';

const FIELDS = ['identity', 'region', 'dkim.selector', 'dkim.privateKey'] as const;

/** The ID of the control for the domain or email address. */
export const ADD_IDENTITY_ID = 'field-identity';

/** Adds a domain or an email address, and opens its page. */
export function AddIdentity({ binding }: { binding: AwsBinding }) {
  const toast = useToast();
  const { route } = useLocation();
  const [name, setName] = useState('');
  const key = useKey();
  const isDomain = !name.includes('@');
  const submit = useCallback(
    async (form: FormData) => {
      const region = regionCode(form, 'region');
      // Without a choice, SES generates the key, and an existing domain keeps its own.
      const dkim = isDomain && key.choice !== 'long' ? { dkim: key.read(form, 'dkim.') } : {};
      const identity = await kraiter.identities.create({
        identity: text(form, 'identity'),
        ...(region ? { region } : {}),
        ...dkim,
      });
      toast(`${identity.identity} added: ${identity.verified ? 'verified' : 'verification pending'}`);
      route(`/identities/${identity.id}`);
    },
    [toast, route, isDomain, key.choice],
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
      {isDomain && (
        <details>
          <summary>DKIM options</summary>
          <KeyFields value={key} form={form} prefix="dkim." />
        </details>
      )}
      {form.error !== undefined && <ErrorNotice error={form.error} />}
    </form>
  );
}
