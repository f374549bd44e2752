import type { AwsBinding } from '@kraiter/sdk';
import { useCallback, useRef } from 'preact/hooks';

import { RegionSelect } from '../connection/region-select';
import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { Field } from '../parts/field';
import { ProblemNotice } from '../parts/problem';
import { text, useForm } from '../parts/use-form';

const FIELDS = ['identity', 'region'] as const;

/** Asks SES to verify a domain or an address. */
export function AddIdentity({ binding, added }: { binding: AwsBinding; added: () => void }) {
  const announce = useAnnouncer();
  const element = useRef<HTMLFormElement>(null);
  const submit = useCallback(async (form: FormData) => {
    const region = text(form, 'region');
    const identity = await kraiter.identities.create({ identity: text(form, 'identity'), ...(region ? { region } : {}) });
    announce(`${identity.identity} added: ${identity.verified ? 'verified' : 'verification pending'}`);
    element.current?.reset();
    added();
  }, [announce, added]);
  const form = useForm(FIELDS, submit);
  return (
    <form ref={element} class="add" {...form.props}>
      <div class="row">
        <Field name="identity" label="Domain or email address" error={form.fieldError('identity')}>
          {(control) => <input {...control} placeholder="example.com" autocomplete="off" autocapitalize="none" spellcheck={false} />}
        </Field>
        <Field name="region" label="Region" error={form.fieldError('region')}>
          {(control) => <RegionSelect {...control} regions={binding.regions} value={binding.stackRegion ?? undefined} />}
        </Field>
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>{form.busy ? 'Adding…' : 'Add identity'}</button>
      </div>
      {form.error !== undefined && <ProblemNotice error={form.error} />}
    </form>
  );
}
