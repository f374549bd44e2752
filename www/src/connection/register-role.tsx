import type { Region, RegionCode } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';
import { useCallback, useState } from 'preact/hooks';
import { Field } from '../components/field';
import { ErrorNotice } from '../components/notice';
import { regionCode, text, useForm } from '../hooks/use-form';
import { kraiter } from '../kraiter';
import { RegionSelect } from './region-select';

interface Props {
  externalId: string;
  /** The initially selected region. */
  region: string;
  regions: Region[];
  /** Called after the role is registered. */
  created: () => void;
  children?: ComponentChildren;
}

const FIELDS = ['roleArn', 'awsAccountId', 'stackRegion'] as const;

/** Registers a role that the customer created. */
export function RegisterRole({ externalId, region, regions, created, children }: Props) {
  const [account, setAccount] = useState('');
  const [edited, setEdited] = useState(false);
  const submit = useCallback(
    async (form: FormData) => {
      await kraiter.awsBinding.create({
        awsAccountId: text(form, 'awsAccountId'),
        roleArn: text(form, 'roleArn'),
        externalId,
        // The API reports a missing region at its field.
        stackRegion: regionCode(form, 'stackRegion') as RegionCode,
      });
      created();
    },
    [externalId, created],
  );
  const form = useForm(FIELDS, submit);
  /** Fills in the account ID from the ARN, unless the user has edited it. */
  const fillAccount = (arn: string) => {
    const found = /^arn:aws[a-z-]*:iam::(\d{12}):/.exec(arn.trim())?.[1];
    if (found && !edited) setAccount(found);
  };
  return (
    <form class="register" {...form.props}>
      <Field
        name="roleArn"
        label="Role ARN"
        error={form.fieldError('roleArn')}
        hint="Shown in the role’s summary in the IAM console."
      >
        {(control) => (
          <input
            {...control}
            class="mono"
            placeholder="arn:aws:iam::123456789012:role/KraiterSESRole"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            onInput={(event) => fillAccount(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="row">
        <Field
          name="awsAccountId"
          label="AWS account ID"
          error={form.fieldError('awsAccountId')}
          hint="The 12 digits in the ARN."
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
        <Field name="stackRegion" label="Sending region" error={form.fieldError('stackRegion')}>
          {(control) => <RegionSelect {...control} regions={regions} value={region} />}
        </Field>
      </div>
      {form.error !== undefined && <ErrorNotice error={form.error} />}
      <div class="actions">
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Registering…' : 'Register role'}
        </button>
        {children}
      </div>
    </form>
  );
}
