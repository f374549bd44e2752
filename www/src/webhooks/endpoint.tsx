import type { DisabledReason, Webhook, WebhookTest } from '@kraiter/sdk';
import { useState } from 'preact/hooks';
import { ActionButton } from '../components/action-button';
import { ConfirmButton } from '../components/confirm-button';
import { CopyableValue } from '../components/copy-button';
import { ErrorNotice, Notice } from '../components/notice';
import { Time } from '../components/time';
import { kraiter } from '../kraiter';
import { useSession } from '../session';
import { Deliveries } from './deliveries';

const DISABLED: Record<DisabledReason, string> = {
  manual: 'You disabled this endpoint.',
  failing: 'Every delivery failed for three days, so this endpoint was disabled.',
  gone: 'The endpoint responded with 410 (Gone), so it was disabled.',
};

interface Props {
  webhook: Webhook;
  isOpen: boolean;
  onToggle: () => void;
  onChange: () => void;
  onDelete: () => void;
}

/** An endpoint with its actions and its delivery log. */
export function Endpoint({ webhook, isOpen, onToggle, onChange, onDelete }: Props) {
  const { id, url, events, disabled, failingSince, createdAt } = webhook;
  const { noteError } = useSession();
  const [error, setError] = useState<unknown>();
  const [result, setResult] = useState<WebhookTest>();
  const [secret, setSecret] = useState<string>();
  const handleError = (error: unknown) => {
    noteError(error);
    setError(error);
  };
  const toggle = async () => {
    setError(undefined);
    await kraiter.webhooks.update(id, { enabled: disabled !== null });
    onChange();
  };
  const test = async () => {
    setError(undefined);
    setResult(undefined);
    setResult(await kraiter.webhooks.test(id));
  };
  const [tone, label] =
    disabled !== null ? ['red', 'Disabled'] : failingSince !== null ? ['amber', 'Failing'] : ['green', 'Enabled'];
  return (
    <section class="card webhook" aria-label={url}>
      <div>
        <p class="name">
          <code>{url}</code> <span class={`tag ${tone}`}>{label}</span>
        </p>
        <p class="muted">
          Created <Time at={createdAt} relative />
        </p>
      </div>
      <details>
        <summary>
          {events.length} {events.length === 1 ? 'event type' : 'event types'}
        </summary>
        <ul class="event-types" aria-label="Event types">
          {events.map((type) => (
            <li key={type}>
              <code>{type}</code>
            </li>
          ))}
        </ul>
      </details>
      {disabled !== null && (
        <Notice tone={disabled === 'manual' ? 'info' : 'red'} title={DISABLED[disabled]}>
          <p>
            No events are delivered to it. Once you enable it, it gets the events from then on; replay the others in its
            deliveries.
          </p>
        </Notice>
      )}
      {disabled === null && failingSince !== null && (
        <Notice tone="amber" title="Deliveries are failing">
          <p>
            Since <Time at={failingSince} />. After three days, the endpoint is disabled. Its deliveries show why.
          </p>
        </Notice>
      )}
      {result && (
        <Notice
          tone={result.delivered ? 'green' : 'amber'}
          title={result.delivered ? 'Test event accepted' : 'Test event not accepted'}
        >
          <p>
            {result.responseStatus === null ? result.error : `HTTP ${result.responseStatus}`} · {result.durationMs} ms
          </p>
        </Notice>
      )}
      {secret !== undefined && (
        <Notice tone="green" title="Copy the new secret now. You won’t be able to see it again.">
          <p>
            <CopyableValue text={secret} what="Signing secret" />
          </p>
          <p>For 24 hours, webhooks are signed with the former secret, too.</p>
        </Notice>
      )}
      {error !== undefined && <ErrorNotice error={error} />}
      <div class="actions">
        <ActionButton class="secondary" run={test} busy="Sending…" onError={handleError}>
          Send test event
        </ActionButton>
        <ActionButton class="secondary" run={toggle} busy="Saving…" onError={handleError}>
          {disabled === null ? 'Disable' : 'Enable'}
        </ActionButton>
        <button type="button" class="secondary" aria-expanded={isOpen} onClick={onToggle}>
          {isOpen ? 'Hide deliveries' : 'Show deliveries'}
        </button>
        <ConfirmButton
          label="Replace secret…"
          accessibleLabel={`Replace secret of ${url}…`}
          title="Replace the signing secret?"
          confirm="Replace secret"
          busy="Replacing…"
          run={async () => setSecret((await kraiter.webhooks.rotateSecret(id)).secret)}
          successMessage="Signing secret replaced"
          onSuccess={onChange}
        >
          <p>For 24 hours, webhooks are signed with both secrets, so that your server can change over.</p>
        </ConfirmButton>
        <ConfirmButton
          label="Delete…"
          accessibleLabel={`Delete ${url}…`}
          title="Delete this endpoint?"
          confirm="Delete endpoint"
          busy="Deleting…"
          run={() => kraiter.webhooks.delete(id)}
          successMessage="Webhook endpoint deleted"
          onSuccess={onDelete}
        >
          <p>
            <code>{url}</code>
          </p>
          <p>Its delivery log is deleted, too. Events stay in the feed.</p>
        </ConfirmButton>
      </div>
      {isOpen && <Deliveries webhookId={id} canReplay={disabled === null} />}
    </section>
  );
}
