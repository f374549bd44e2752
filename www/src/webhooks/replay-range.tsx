import { useCallback } from 'preact/hooks';
import { Field } from '../components/field';
import { ErrorNotice } from '../components/notice';
import { useToast } from '../components/toasts';
import { text, useForm } from '../hooks/use-form';
import { kraiter } from '../kraiter';

const FIELDS = ['since'] as const;

/** Delivers all events since a time again. */
export function ReplayRange({ webhookId, onReplay }: { webhookId: string; onReplay: () => void }) {
  const toast = useToast();
  const submit = useCallback(
    async (form: FormData) => {
      const since = new Date(text(form, 'since'));
      const range = Number.isNaN(since.getTime()) ? { since: '' } : { since: since.toISOString() };
      const { replayed } = await kraiter.webhooks.replay(webhookId, range);
      toast(`${replayed} ${replayed === 1 ? 'event' : 'events'} will be delivered again`);
      onReplay();
    },
    [webhookId, onReplay, toast],
  );
  const form = useForm(FIELDS, submit);
  return (
    <form class="small-form" {...form.props}>
      <Field
        name="since"
        label="Replay all events since"
        error={form.fieldError('since')}
        hint="In your time zone. At most 10,000 events of the chosen types."
      >
        {(control) => <input {...control} type="datetime-local" />}
      </Field>
      <div class="actions">
        <button type="submit" class="secondary" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Replaying…' : 'Replay events'}
        </button>
      </div>
      {form.error !== undefined && <ErrorNotice error={form.error} />}
    </form>
  );
}
