import type { NewWebhook } from '@kraiter/sdk';
import { useState } from 'preact/hooks';
import { CopyableValue } from '../components/copy-button';
import { Loading } from '../components/loading';
import { ErrorNotice, Notice } from '../components/notice';
import { Page } from '../components/page';
import { useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';
import { CreateWebhook } from '../webhooks/create';
import { Endpoint } from '../webhooks/endpoint';

/** Lists, creates and tests the organisation's webhook endpoints. */
export function WebhooksPage() {
  const { data, error, reload } = useResource(
    'webhooks',
    (signal) => kraiter.webhooks.list({ signal }),
    () => 30_000,
  );
  const [created, setCreated] = useState<NewWebhook>();
  const [opened, setOpened] = useState<string>();
  const webhooks = data?.data ?? [];
  return (
    <Page
      title="Webhooks"
      lead="Kraiter posts events to your server, signed, in order per email, and retries for 24 hours."
    >
      <div class="stack">
        <CreateWebhook
          onCreate={(webhook) => {
            setCreated(webhook);
            reload();
          }}
        />
        {created && (
          <Notice tone="green" title="Copy the signing secret now. You won’t be able to see it again.">
            <p>
              <CopyableValue text={created.secret} what="Signing secret" />
            </p>
            <p>
              Your server verifies the webhooks to <code>{created.url}</code> with it. If you lose it, replace it.
            </p>
          </Notice>
        )}
        {error !== undefined && <ErrorNotice error={error} title="Could not load webhook endpoints" retry={reload} />}
        {!data && error === undefined && <Loading what="Loading webhook endpoints" lines={3} />}
        {webhooks.map((webhook) => (
          <Endpoint
            key={webhook.id}
            webhook={webhook}
            isOpen={opened === webhook.id}
            onToggle={() => setOpened((opened) => (opened === webhook.id ? undefined : webhook.id))}
            onChange={reload}
            onDelete={() => {
              setCreated((created) => (created?.id === webhook.id ? undefined : created));
              reload();
            }}
          />
        ))}
      </div>
    </Page>
  );
}
