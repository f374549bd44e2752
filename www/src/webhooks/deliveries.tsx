import type { DeliveryState, WebhookDelivery } from '@kraiter/sdk';
import { useState } from 'preact/hooks';
import { ActionButton } from '../components/action-button';
import { LoadMore } from '../components/load-more';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Time } from '../components/time';
import { useToast } from '../components/toasts';
import { usePaginatedList } from '../hooks/use-paginated-list';
import { kraiter } from '../kraiter';
import { useSession } from '../session';
import { ReplayRange } from './replay-range';

const STATES: Record<DeliveryState, [tone: string, label: string]> = {
  pending: ['amber', 'Pending'],
  delivered: ['green', 'Delivered'],
  failed: ['red', 'Failed'],
};

/** A delivery, identified by the number of its event. */
type Entry = WebhookDelivery & { id: string };

/** The delivery log of an endpoint. */
export function Deliveries({ webhookId, canReplay }: { webhookId: string; canReplay: boolean }) {
  const { entries, more, list, error, reload, loaded } = usePaginatedList<Entry>(
    `deliveries of ${webhookId}`,
    async (page, signal) => {
      const { data, nextCursor } = await kraiter.webhooks.deliveries(webhookId, page, { signal });
      return { data: data.map((delivery) => ({ ...delivery, id: `${delivery.number}` })), nextCursor };
    },
    ({ data }) => (data.some(({ state }) => state === 'pending') ? 5_000 : 15_000),
  );
  return (
    <section class="deliveries" aria-labelledby="deliveries-title">
      <h2 id="deliveries-title">Deliveries</h2>
      {error !== undefined && <ErrorNotice error={error} title="Could not load deliveries" retry={reload} />}
      {!loaded && error === undefined && <Loading what="Loading deliveries" lines={4} />}
      {loaded && entries.length === 0 && <p class="muted">No events delivered yet. Test events aren’t listed.</p>}
      {entries.length > 0 && (
        <ul class="rows" aria-label="Deliveries" ref={list}>
          {entries.map((entry) => (
            <Row key={entry.id} webhookId={webhookId} delivery={entry} canReplay={canReplay} onReplay={reload} />
          ))}
        </ul>
      )}
      <LoadMore more={more}>Show more</LoadMore>
      {loaded && canReplay && <ReplayRange webhookId={webhookId} onReplay={reload} />}
    </section>
  );
}

interface RowProps {
  webhookId: string;
  delivery: WebhookDelivery;
  canReplay: boolean;
  onReplay: () => void;
}

function Row({ webhookId, delivery, canReplay, onReplay }: RowProps) {
  const { noteError } = useSession();
  const toast = useToast();
  const [error, setError] = useState<unknown>();
  const { number, state, attempts, responseStatus, durationMs, attemptedAt, nextAttemptAt, event } = delivery;
  const [tone, label] = STATES[state];
  const replay = async () => {
    setError(undefined);
    await kraiter.webhooks.replay(webhookId, { number });
    toast(`Event ${number} will be delivered again`);
    onReplay();
  };
  return (
    <li>
      <div>
        <p>
          <span class={`tag ${tone}`}>{label}</span> <code>{event?.type ?? 'expired event'}</code>{' '}
          <span class="muted">#{number}</span>
        </p>
        <p class="muted">
          {attempts} {attempts === 1 ? 'attempt' : 'attempts'}
          {responseStatus !== null && ` · HTTP ${responseStatus}`}
          {delivery.error !== null && ` · ${delivery.error}`}
          {durationMs !== null && ` · ${durationMs} ms`}
          {attemptedAt !== null && (
            <>
              {' '}
              · <Time at={attemptedAt} relative />
            </>
          )}
          {nextAttemptAt !== null && (
            <>
              {' '}
              · Next attempt: <Time at={nextAttemptAt} />
            </>
          )}
        </p>
        {event !== null && (
          <details>
            <summary>Request body</summary>
            <pre role="group" tabIndex={0} aria-label="Request body">
              <code>{JSON.stringify(event, null, 2)}</code>
            </pre>
          </details>
        )}
        {error !== undefined && <ErrorNotice error={error} />}
      </div>
      {canReplay && state !== 'pending' && event !== null && (
        <ActionButton
          class="quiet"
          run={replay}
          busy="Replaying…"
          onError={(error) => {
            noteError(error);
            setError(error);
          }}
        >
          Replay #{number}
        </ActionButton>
      )}
    </li>
  );
}
