import type { Region } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';
import { useCallback, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { Field } from '../parts/field';
import { ProblemNotice } from '../parts/problem';
import { text, useForm } from '../parts/use-form';
import { RegionSelect } from './region-select';

interface Props {
  externalId: string;
  /** The region that is chosen at first. */
  region: string;
  regions: Region[];
  /** Called once the API has taken the role. */
  created: () => void;
  children?: ComponentChildren;
}

const FIELDS = ['roleArn', 'awsAccountId', 'stackRegion'] as const;

/** Registers a role made by hand. */
export function RegisterRole({ externalId, region, regions, created, children }: Props) {
  const [account, setAccount] = useState('');
  const [edited, setEdited] = useState(false);
  const submit = useCallback(
    async (form: FormData) => {
      await kraiter.awsBinding.create({
        awsAccountId: text(form, 'awsAccountId'),
        roleArn: text(form, 'roleArn'),
        externalId,
        stackRegion: text(form, 'stackRegion'),
      });
      created();
    },
    [externalId, created],
  );
  const form = useForm(FIELDS, submit);
  /** The account stands in the ARN; who types it elsewhere is left alone. */
  const fromArn = (arn: string) => {
    const found = /^arn:aws[a-z-]*:iam::(\d{12}):/.exec(arn.trim())?.[1];
    if (found && !edited) setAccount(found);
  };
  return (
    <form class="register" {...form.props}>
      <Field
        name="roleArn"
        label="Role ARN"
        error={form.fieldError('roleArn')}
        hint="From the role’s summary in the IAM console."
      >
        {(control) => (
          <input
            {...control}
            class="mono"
            placeholder="arn:aws:iam::123456789012:role/KraiterSESRole"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            onInput={(event) => fromArn(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="row">
        <Field
          name="awsAccountId"
          label="AWS account ID"
          error={form.fieldError('awsAccountId')}
          hint="The twelve digits in the ARN."
        >
          {(control) => (
            <input
              {...control}
              class="mono"
              placeholder="123456789012"
              inputMode="numeric"
              autocomplete="off"
              value={account}
              onInput={(event) => {
                setAccount(event.currentTarget.value);
                setEdited(true);
              }}
            />
          )}
        </Field>
        <Field name="stackRegion" label="Region to send from" error={form.fieldError('stackRegion')}>
          {(control) => <RegionSelect {...control} regions={regions} value={region} />}
        </Field>
      </div>
      {form.error !== undefined && <ProblemNotice error={form.error} />}
      <div class="actions">
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Registering…' : 'Register role'}
        </button>
        {children}
      </div>
    </form>
  );
}
