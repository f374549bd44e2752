import type { FeedEventType, NewWebhook } from '@kraiter/sdk';
import { useCallback, useState } from 'preact/hooks';
import { Field } from '../components/field';
import { ErrorNotice } from '../components/notice';
import { useToast } from '../components/toasts';
import { useForm } from '../hooks/use-form';
import { kraiter } from '../kraiter';
import { EVENT_TYPES } from './event-types';

const FIELDS = ['url', 'events'] as const;

/** Creates a webhook endpoint. */
export function CreateWebhook({ onCreate }: { onCreate: (webhook: NewWebhook) => void }) {
  const toast = useToast();
  const [url, setUrl] = useState('');
  const [events, setEvents] = useState<FeedEventType[]>(EVENT_TYPES);
  const submit = useCallback(async () => {
    onCreate(await kraiter.webhooks.create({ url: url.trim(), events }));
    setUrl('');
    toast('Webhook endpoint created');
  }, [url, events, onCreate, toast]);
  const form = useForm(FIELDS, submit);
  const eventsError = form.fieldError('events');
  return (
    <form class="card create-webhook" {...form.props}>
      <Field name="url" label="Endpoint URL" error={form.fieldError('url')} hint="Kraiter posts each event to it.">
        {(control) => (
          <input
            {...control}
            type="url"
            value={url}
            autocomplete="off"
            spellcheck={false}
            placeholder="https://example.com/webhooks/kraiter"
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
        )}
      </Field>
      <fieldset class="event-types">
        <legend>Events</legend>
        {EVENT_TYPES.map((type) => (
          <label key={type}>
            <input
              type="checkbox"
              name={type}
              checked={events.includes(type)}
              onChange={({ currentTarget: { checked } }) =>
                setEvents((events) =>
                  EVENT_TYPES.filter((other) => (other === type ? checked : events.includes(other))),
                )
              }
            />{' '}
            <code>{type}</code>
          </label>
        ))}
        {eventsError && <p class="error">{eventsError}</p>}
      </fieldset>
      {form.error !== undefined && <ErrorNotice error={form.error} />}
      <div class="actions">
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Creating…' : 'Create endpoint'}
        </button>
      </div>
    </form>
  );
}
