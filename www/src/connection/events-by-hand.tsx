import type { AwsBinding, EventsSetUp } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';
import { useCallback, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { Copyable } from '../parts/copy';
import { Field } from '../parts/field';
import { ProblemNotice } from '../parts/problem';
import { text, useForm } from '../parts/use-form';
import { Back } from './add-region';
import { Policy } from './policies';
import type { Connection } from './use-connection';
import { useRegionEvents } from './use-region-events';

interface Props {
  binding: AwsBinding;
  region: string;
  flow: Connection['flow'];
  close: () => void;
}

/** Events without a stack: Kraiter makes the configuration set, the topic is the customer's. */
export function EventsByHand({ binding, region, flow, close }: Props) {
  const [made, setMade] = useState<EventsSetUp>();
  const events = useRegionEvents(binding, region, flow);
  if (events === 'active') return <Back region={region} close={close} />;
  return (
    <div class="manual">
      <section aria-labelledby="topic-title">
        <h4 id="topic-title">1. Create a topic</h4>
        <p>
          In the SNS console of <code>{region}</code>, create a standard topic, and give its ARN here. Kraiter then
          makes a configuration set in SES that publishes to it.
        </p>
        <TopicForm region={region} account={binding.awsAccountId} made={setMade}>
          <button type="button" class="quiet" onClick={close}>
            Not now
          </button>
        </TopicForm>
      </section>
      {made && <Steps made={made} />}
    </div>
  );
}

const FIELDS = ['topicArn'] as const;

function TopicForm({
  region,
  account,
  made,
  children,
}: {
  region: string;
  account: string | null;
  made: (events: EventsSetUp) => void;
  children: ComponentChildren;
}) {
  const announce = useAnnouncer();
  const submit = useCallback(
    async (form: FormData) => {
      made(await kraiter.awsBinding.setUpEvents({ region, topicArn: text(form, 'topicArn') }));
      announce('The configuration set is made. Two steps are left.');
    },
    [region, made, announce],
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
      {form.error !== undefined && <ProblemNotice error={form.error} />}
      <div class="actions">
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Setting up…' : 'Set up events'}
        </button>
        {children}
      </div>
    </form>
  );
}

function Steps({ made: { topicPolicy, webhookUrl, configurationSet } }: { made: EventsSetUp }) {
  return (
    <>
      <section aria-labelledby="policy-title">
        <h4 id="policy-title">2. Let SES publish to it</h4>
        <p>
          Make this the topic’s access policy, or add its statement to the one that is there. It lets only the
          configuration set <code>{configurationSet}</code> publish.
        </p>
        <Policy name="Topic policy" document={topicPolicy} />
      </section>
      {webhookUrl !== null && (
        <section aria-labelledby="subscribe-title">
          <h4 id="subscribe-title">3. Subscribe Kraiter to it</h4>
          <p>
            Create a subscription of the topic with the protocol <strong>HTTPS</strong> and this endpoint, raw message
            delivery off. Kraiter confirms it by itself. The address is shown this once.
          </p>
          <p class="address">
            <Copyable text={webhookUrl} what="webhook address" />
          </p>
          <p class="waiting">
            <span class="pulse" aria-hidden="true" />
            This page turns green as soon as the subscription is confirmed.
          </p>
        </section>
      )}
    </>
  );
}
