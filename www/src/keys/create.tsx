import type { NewApiKey } from '@kraiter/sdk';
import { useCallback, useState } from 'preact/hooks';
import { useAnnouncer } from '../components/announcer';
import { Field } from '../components/field';
import { ErrorNotice } from '../components/notice';
import { useForm } from '../hooks/use-form';
import { kraiter } from '../kraiter';

const FIELDS = ['name'] as const;

/** Creates an API key. */
export function CreateKey({ onCreate }: { onCreate: (key: NewApiKey) => void }) {
  const announce = useAnnouncer();
  const [name, setName] = useState('');
  const submit = useCallback(async () => {
    onCreate(await kraiter.apiKeys.create({ name }));
    setName('');
    announce('API key created');
  }, [name, onCreate, announce]);
  const form = useForm(FIELDS, submit);
  return (
    <form class="card create-key" {...form.props}>
      <Field
        name="name"
        label="Key name"
        error={form.fieldError('name')}
        hint="For example, the application that uses the key."
      >
        {(control) => (
          <input {...control} value={name} autocomplete="off" onInput={(event) => setName(event.currentTarget.value)} />
        )}
      </Field>
      {form.error !== undefined && <ErrorNotice error={form.error} />}
      <div class="actions">
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Creating…' : 'Create API key'}
        </button>
      </div>
    </form>
  );
}
