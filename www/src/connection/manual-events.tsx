import type { AwsBinding, EventsSetUp, RegionCode } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';
import { useCallback, useState } from 'preact/hooks';
import { useAnnouncer } from '../components/announcer';
import { CopyableValue, CopyButton } from '../components/copy-button';
import { Field } from '../components/field';
import { ErrorNotice } from '../components/notice';
import { text, useForm } from '../hooks/use-form';
import { kraiter } from '../kraiter';
import { EventsActive } from './add-region';
import { Policy } from './policies';
import type { Connection } from './use-connection';
import { useRegionEvents } from './use-region-events';

interface Props {
  binding: AwsBinding;
  region: RegionCode;
  flow: Connection['flow'];
  close: () => void;
}

/** Sets up events without a stack. Kraiter creates the configuration set; the customer creates the topic. */
export function ManualEvents({ binding, region, flow, close }: Props) {
  const [setup, setSetup] = useState<EventsSetUp>();
  const events = useRegionEvents(binding, region, flow);
  if (events === 'active') return <EventsActive region={region} close={close} />;
  return (
    <div class="manual">
      <section aria-labelledby="topic-title">
        <h4 id="topic-title">1. Create an SNS topic</h4>
        <p>
          In the SNS console for <code>{region}</code>, create a standard topic and enter its ARN here. Kraiter then
          creates an SES configuration set that publishes to it.
        </p>
        <TopicForm region={region} account={binding.awsAccountId} onSetup={setSetup}>
          <button type="button" class="quiet" onClick={close}>
            Cancel
          </button>
        </TopicForm>
      </section>
      {setup && <RemainingSteps setup={setup} />}
    </div>
  );
}

const FIELDS = ['topicArn'] as const;

function TopicForm({
  region,
  account,
  onSetup,
  children,
}: {
  region: RegionCode;
  account: string | null;
  onSetup: (setup: EventsSetUp) => void;
  children: ComponentChildren;
}) {
  const announce = useAnnouncer();
  const submit = useCallback(
    async (form: FormData) => {
      onSetup(await kraiter.awsBinding.setUpEvents({ region, topicArn: text(form, 'topicArn') }));
      announce('Configuration set created. Two steps left.');
    },
    [region, onSetup, announce],
  );
  const form = useForm(FIELDS, submit);
  return (
    <form class="register" {...form.props}>
      <Field name="topicArn" label="Topic ARN" error={form.fieldError('topicArn')}>
        {(control) => (
          <input
            {...control}
            class="mono"
            placeholder={`arn:aws:sns:${region}:${account ?? '123456789012'}:kraiter-events`}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
          />
        )}
      </Field>
      {form.error !== undefined && <ErrorNotice error={form.error} />}
      <div class="actions">
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Setting up…' : 'Set up events'}
        </button>
        {children}
      </div>
    </form>
  );
}

function RemainingSteps({ setup: { topicPolicy, webhookUrl, deliveryPolicy, region } }: { setup: EventsSetUp }) {
  return (
    <>
      <section aria-labelledby="policy-title">
        <h4 id="policy-title">2. Allow SES to publish to the topic</h4>
        <p>
          Use this as the topic’s access policy, or add its statement to the existing policy. It allows only this
          account’s configuration sets to publish.
        </p>
        <Policy name="Topic policy" document={topicPolicy} />
      </section>
      {webhookUrl !== null && (
        <section aria-labelledby="subscribe-title">
          <h4 id="subscribe-title">3. Subscribe Kraiter to the topic</h4>
          <p>
            Create a subscription with the protocol <strong>HTTPS</strong> and this endpoint. Leave raw message delivery
            off. Kraiter confirms the subscription automatically. Copy the URL now: it is shown only once.
          </p>
          <p class="webhook-url">
            <CopyableValue text={webhookUrl} what="webhook URL" />
          </p>
          <p>
            Then set the subscription’s delivery policy. Without it, SNS discards an event that Kraiter can’t accept
            within a minute; with it, SNS retries for most of an hour. In the SNS console, edit the subscription and use
            this under <strong>Delivery policy</strong>, or run the command.
          </p>
          <Policy name="Delivery policy" document={deliveryPolicy} />
          <figure class="policy">
            <figcaption>
              Command
              <CopyButton text={command(region, deliveryPolicy)} what="command" label="Copy" />
            </figcaption>
            <pre role="group" tabIndex={0} aria-label="Command">
              <code>{command(region, deliveryPolicy)}</code>
            </pre>
          </figure>
          <p class="waiting">
            <span class="pulse" aria-hidden="true" />
            Waiting for the subscription. This page updates automatically.
          </p>
        </section>
      )}
    </>
  );
}

const command = (region: RegionCode, deliveryPolicy: unknown) =>
  `aws sns set-subscription-attributes --region ${region} --subscription-arn SUBSCRIPTION_ARN \\
  --attribute-name DeliveryPolicy --attribute-value '${JSON.stringify(deliveryPolicy)}'`;
