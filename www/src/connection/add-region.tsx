import type { AwsBinding, ConnectDetails, Region, RegionCode } from '@kraiter/sdk';
import type { TargetedSubmitEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Field } from '../components/field';
import { Icon } from '../components/icon';
import { Loading } from '../components/loading';
import { NewTab } from '../components/new-tab';
import { ErrorNotice, Notice } from '../components/notice';
import { text } from '../hooks/use-form';
import { kraiter } from '../kraiter';
import { useSession } from '../session';
import { RegionName, RegionSelect } from './region-select';
import { StackOverdue } from './stack-overdue';
import type { Connection } from './use-connection';
import { useRegionEvents } from './use-region-events';
import type { SetupMethod } from './use-setup-method';

interface Props {
  binding: AwsBinding;
  flow: Connection['flow'];
  /** The chosen region, if any. */
  chosen: Region | undefined;
  choose: (region: string, method: SetupMethod) => void;
  close: () => void;
}

/** Adds a sending region. Its stack sets up events and uses the existing role. */
export function AddRegion({ binding, flow, chosen, choose, close }: Props) {
  return (
    <section class="card" aria-labelledby="add-region-title">
      <h3 id="add-region-title">
        {chosen ? (
          <>
            Add <RegionName regions={binding.regions} region={chosen.region} />
          </>
        ) : (
          'Add region'
        )}
      </h3>
      {chosen ? (
        <Stack key={chosen.region} binding={binding} flow={flow} region={chosen.region} close={close} />
      ) : (
        <Choose binding={binding} choose={choose} close={close} />
      )}
    </section>
  );
}

function Choose({ binding, choose, close }: Pick<Props, 'binding' | 'choose' | 'close'>) {
  const [error, setError] = useState<string>();
  const regions = binding.regions.filter(({ events }) => events !== 'active');
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const method: SetupMethod =
      event.submitter instanceof HTMLButtonElement && event.submitter.value === 'manual' ? 'manual' : 'stack';
    const selected = regions.find(({ region }) => region === text(new FormData(form), 'addRegion'));
    const problem = !selected
      ? 'Choose a region to add.'
      : method === 'stack' && !selected.supportsStack
        ? `CloudFormation can’t create the stack in ${selected.location} yet. Set up events manually instead.`
        : undefined;
    setError(problem);
    if (selected && problem === undefined) choose(selected.region, method);
    else form.querySelector('select')?.focus();
  };
  return (
    <form class="add-region" onSubmit={submit} noValidate>
      <Field
        name="addRegion"
        label="Region to add"
        error={error}
        hint="Creates a small stack with a configuration set and an SNS topic. It doesn’t create another role or change your default region."
      >
        {(control) => <RegionSelect {...control} regions={regions} onChange={() => setError(undefined)} />}
      </Field>
      <div class="actions">
        <button type="submit" name="by" value="stack">
          Create stack
        </button>
        <button type="submit" name="by" value="manual" class="secondary">
          Set up manually
        </button>
        <button type="button" class="quiet" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function Stack({ binding, flow, region, close }: Pick<Props, 'binding' | 'flow' | 'close'> & { region: RegionCode }) {
  const { noteError } = useSession();
  const [details, setDetails] = useState<ConnectDetails>();
  const [error, setError] = useState<unknown>();
  const events = useRegionEvents(binding, region, flow);
  // Only once, and not on each return to the page, because each link contains its own token.
  useEffect(() => {
    const abort = new AbortController();
    kraiter.awsBinding.connect({ region }, { signal: abort.signal }).then(setDetails, (problem: unknown) => {
      if (abort.signal.aborted) return;
      noteError(problem);
      setError(problem);
    });
    return () => abort.abort();
  }, [region, noteError]);

  if (events === 'active') return <EventsActive region={region} close={close} />;
  const cancel = (
    <button type="button" class="quiet" onClick={close}>
      Cancel
    </button>
  );
  if (error !== undefined)
    return (
      <>
        <ErrorNotice error={error} />
        <div class="actions">{cancel}</div>
      </>
    );
  if (!details) return <Loading what="Creating the link" lines={3} />;
  return (
    <>
      <ol class="instructions">
        <li>
          Sign in to AWS account <code>{binding.awsAccountId}</code>, then open the AWS console below. All fields are
          filled in.
        </li>
        <li>
          Select <strong>I acknowledge that AWS CloudFormation might create IAM resources</strong>.
        </li>
        <li>
          Choose <strong>Create stack</strong>. It takes less than a minute.
        </li>
      </ol>
      <div class="actions">
        <a class="button" href={details.quickCreateUrl} target="_blank" rel="noopener noreferrer">
          Open AWS console <Icon name="external" />
          <NewTab />
        </a>
        {cancel}
      </div>
      <p class="waiting">
        <span class="pulse" aria-hidden="true" />
        This page updates automatically. You can close it and come back later.
      </p>
      <StackOverdue link={details.quickCreateUrl} stackName={details.stackName} />
    </>
  );
}

/** Confirms that events arrive from a region. */
export function EventsActive({ region, close }: { region: string; close: () => void }) {
  return (
    <>
      <Notice tone="green" title={`Events are active in ${region}.`}>
        <p>Kraiter now tracks deliveries, bounces and complaints of email sent from this region.</p>
      </Notice>
      <div class="actions">
        <button type="button" class="secondary" onClick={close}>
          Done
        </button>
      </div>
    </>
  );
}
