import type { Email } from '@kraiter/sdk';
import { useCallback } from 'preact/hooks';

import { Field } from '../components/field';
import { ErrorNotice } from '../components/notice';
import { useToast } from '../components/toasts';
import { TIME_ZONE } from '../format';
import { text, useForm } from '../hooks/use-form';
import { kraiter } from '../kraiter';

const FIELDS = ['scheduledAt'] as const;

/** Sends a scheduled email at another time. */
export function MoveEmail({ email, onMove }: { email: Email; onMove: () => void }) {
  const toast = useToast();
  const submit = useCallback(
    async (form: FormData) => {
      await kraiter.emails.update(email.id, { scheduledAt: new Date(text(form, 'scheduledAt')) });
      toast('Email moved');
      onMove();
    },
    [email.id, onMove, toast],
  );
  const form = useForm(FIELDS, submit);
  return (
    <form class="small-form" {...form.props}>
      <Field
        name="scheduledAt"
        label="Send at another time"
        error={form.fieldError('scheduledAt')}
        hint={`Your time zone: ${TIME_ZONE}.`}
      >
        {(control) => <input {...control} class="datetime" type="datetime-local" />}
      </Field>
      <div class="actions">
        <button type="submit" class="secondary" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Moving…' : 'Move email'}
        </button>
      </div>
      {form.error !== undefined && <ErrorNotice error={form.error} />}
    </form>
  );
}
