import { useCallback, useState } from 'preact/hooks';
import { Field } from '../components/field';
import { ErrorNotice } from '../components/notice';
import { useToast } from '../components/toasts';
import { useForm } from '../hooks/use-form';
import { kraiter } from '../kraiter';

const FIELDS = ['address'] as const;

/** Adds an address to the suppression list. */
export function AddSuppression({ onAdd }: { onAdd: () => void }) {
  const toast = useToast();
  const [address, setAddress] = useState('');
  const submit = useCallback(async () => {
    const suppression = await kraiter.suppressions.create({ address: address.trim() });
    setAddress('');
    toast(`${suppression.address} added to the list`);
    onAdd();
  }, [address, onAdd, toast]);
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
      {form.error !== undefined && <ErrorNotice error={form.error} />}
      <div class="actions">
        <button type="submit" class="secondary" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Adding…' : 'Add address'}
        </button>
      </div>
    </form>
  );
}
