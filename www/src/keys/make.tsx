import type { NewApiKey } from '@kraiter/sdk';
import { useCallback, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { Field } from '../parts/field';
import { ProblemNotice } from '../parts/problem';
import { useForm } from '../parts/use-form';

const FIELDS = ['name'] as const;

/** Makes a key. */
export function MakeKey({ done }: { done: (key: NewApiKey) => void }) {
  const announce = useAnnouncer();
  const [name, setName] = useState('');
  const submit = useCallback(async () => {
    done(await kraiter.apiKeys.create({ name }));
    setName('');
    announce('The key is made');
  }, [name, done, announce]);
  const form = useForm(FIELDS, submit);
  return (
    <form class="card make-key" {...form.props}>
      <Field
        name="name"
        label="Name of a new key"
        error={form.fieldError('name')}
        hint="What it is for, such as the program that uses it."
      >
        {(control) => (
          <input {...control} value={name} autocomplete="off" onInput={(event) => setName(event.currentTarget.value)} />
        )}
      </Field>
      {form.error !== undefined && <ProblemNotice error={form.error} />}
      <div class="actions">
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Making…' : 'Make a key'}
        </button>
      </div>
    </form>
  );
}
