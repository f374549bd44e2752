import { useCallback, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { Field } from '../parts/field';
import { ProblemNotice } from '../parts/problem';
import { useForm } from '../parts/use-form';

const FIELDS = ['address'] as const;

/** Enters an address by hand. */
export function AddSuppression({ done }: { done: () => void }) {
  const announce = useAnnouncer();
  const [address, setAddress] = useState('');
  const submit = useCallback(async () => {
    const entered = await kraiter.suppressions.create({ address: address.trim() });
    setAddress('');
    announce(`${entered.address} is on the list`);
    done();
  }, [address, done, announce]);
  const form = useForm(FIELDS, submit);
  return (
    <form class="card add-address" {...form.props}>
      <Field name="address" label="Address to suppress" error={form.fieldError('address')}>
        {(control) => (
          <input
            {...control}
            value={address}
            inputmode="email"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            placeholder="ada@example.com"
            onInput={(event) => setAddress(event.currentTarget.value)}
          />
        )}
      </Field>
      {form.error !== undefined && <ProblemNotice error={form.error} />}
      <div class="actions">
        <button type="submit" class="secondary" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Entering…' : 'Suppress'}
        </button>
      </div>
    </form>
  );
}
