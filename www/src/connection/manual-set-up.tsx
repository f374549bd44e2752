import type { ConnectDetails, Region } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';
import { useCallback, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { Field } from '../parts/field';
import { ProblemNotice } from '../parts/problem';
import { text, useForm } from '../parts/use-form';
import { Policies, TrustFacts } from './policies';
import { RegionSelect } from './region-select';

interface Props {
  details: ConnectDetails;
  region: string;
  regions: Region[];
  /** Called once the API has taken the role. */
  created: () => void;
  children?: ComponentChildren;
}

const FIELDS = ['roleArn', 'awsAccountId', 'stackRegion'] as const;

/** A role made by hand: the policies filled in, and the form that registers it. */
export function ManualSetUp({ details, region, regions, created, children }: Props) {
  const [account, setAccount] = useState('');
  const [edited, setEdited] = useState(false);
  const submit = useCallback(async (form: FormData) => {
    await kraiter.awsBinding.create({
      awsAccountId: text(form, 'awsAccountId'),
      roleArn: text(form, 'roleArn'),
      externalId: details.externalId,
      stackRegion: text(form, 'stackRegion'),
    });
    created();
  }, [details.externalId, created]);
  const form = useForm(FIELDS, submit);
  /** The account stands in the ARN; who types it elsewhere is left alone. */
  const fromArn = (arn: string) => {
    const found = /^arn:aws[a-z-]*:iam::(\d{12}):/.exec(arn.trim())?.[1];
    if (found && !edited) setAccount(found);
  };
  return (
    <div class="manual">
      <section aria-labelledby="make-role">
        <h3 id="make-role">1. Create the role</h3>
        <p>In the IAM console, create a role with a <strong>custom trust policy</strong>, then attach the permissions as an inline policy. Both are filled in.</p>
        <TrustFacts details={details} />
        <Policies details={details} />
      </section>
      <section aria-labelledby="register-role">
        <h3 id="register-role">2. Register it here</h3>
        <form onSubmit={form.onSubmit} noValidate>
          <Field name="roleArn" label="Role ARN" error={form.fieldError('roleArn')} hint="From the role’s summary in the IAM console.">
            {(control) => <input {...control} class="mono" placeholder="arn:aws:iam::123456789012:role/KraiterSESRole" autocomplete="off" spellcheck={false} onInput={(event) => fromArn(event.currentTarget.value)} />}
          </Field>
          <div class="row">
            <Field name="awsAccountId" label="AWS account ID" error={form.fieldError('awsAccountId')} hint="The twelve digits in the ARN.">
              {(control) => (
                <input {...control} class="mono" placeholder="123456789012" inputMode="numeric" autocomplete="off" value={account} onInput={(event) => { setAccount(event.currentTarget.value); setEdited(true); }} />
              )}
            </Field>
            <Field name="stackRegion" label="Region to send from" error={form.fieldError('stackRegion')}>
              {(control) => <RegionSelect {...control} regions={regions} value={region} />}
            </Field>
          </div>
          {form.error !== undefined && <ProblemNotice error={form.error} />}
          <p class="hint">A role made by hand sends, but no events come back from it: without the stack’s topic, bounces and complaints are not seen here.</p>
          <div class="actions">
            <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>{form.busy ? 'Registering…' : 'Register role'}</button>
            {children}
          </div>
        </form>
      </section>
    </div>
  );
}
