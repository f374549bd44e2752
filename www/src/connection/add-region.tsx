import type { AwsBinding, ConnectDetails, Region } from '@kraiter/sdk';
import type { TargetedSubmitEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { Loading } from '../parts/loading';
import { NewTab } from '../parts/new-tab';
import { Notice, ProblemNotice } from '../parts/problem';
import { text } from '../parts/use-form';
import { useSession } from '../session';
import { RegionName, RegionSelect } from './region-select';
import type { Connection } from './use-connection';
import { useRegionEvents } from './use-region-events';
import type { Way } from './use-way';

interface Props {
  binding: AwsBinding;
  flow: Connection['flow'];
  /** The region, once it is chosen. */
  further: Region | undefined;
  choose: (region: string, way: Way) => void;
  close: () => void;
}

/** A further region: its stack brings events back, and uses the role that is there. */
export function AddRegion({ binding, flow, further, choose, close }: Props) {
  return (
    <section class="card" aria-labelledby="add-region-title">
      <h3 id="add-region-title">
        {further ? (
          <>
            Add <RegionName regions={binding.regions} region={further.region} />
          </>
        ) : (
          'Add a region'
        )}
      </h3>
      {further ? (
        <Stack key={further.region} binding={binding} flow={flow} region={further.region} close={close} />
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
    const way: Way =
      event.submitter instanceof HTMLButtonElement && event.submitter.value === 'manual' ? 'manual' : 'stack';
    const chosen = regions.find(({ region }) => region === text(new FormData(form), 'further'));
    const wrong = !chosen
      ? 'Choose the region to add.'
      : way === 'stack' && !chosen.supportsStack
        ? `CloudFormation can’t make the stack in ${chosen.location} yet. Set its events up by hand instead.`
        : undefined;
    setError(wrong);
    if (chosen && wrong === undefined) choose(chosen.region, way);
    else form.querySelector('select')?.focus();
  };
  return (
    <form class="add-region" onSubmit={submit} noValidate>
      <Field
        name="further"
        label="Further region"
        error={error}
        hint="A small stack there makes a configuration set and a topic. It makes no second role, and where you send from unless told stays as it is."
      >
        {(control) => <RegionSelect {...control} regions={regions} onChange={() => setError(undefined)} />}
      </Field>
      <div class="actions">
        <button type="submit" name="by" value="stack">
          Create the stack
        </button>
        <button type="submit" name="by" value="manual" class="secondary">
          Events by hand
        </button>
        <button type="button" class="quiet" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function Stack({ binding, flow, region, close }: Pick<Props, 'binding' | 'flow' | 'close'> & { region: string }) {
  const { noteError } = useSession();
  const [details, setDetails] = useState<ConnectDetails>();
  const [error, setError] = useState<unknown>();
  const events = useRegionEvents(binding, region, flow);
  // Once, and not at each return to the page: every link has a token of its own.
  useEffect(() => {
    const abort = new AbortController();
    kraiter.awsBinding.connect({ region }, { signal: abort.signal }).then(setDetails, (problem: unknown) => {
      if (abort.signal.aborted) return;
      noteError(problem);
      setError(problem);
    });
    return () => abort.abort();
  }, [region, noteError]);

  if (events === 'active') return <Back region={region} close={close} />;
  const cancel = (
    <button type="button" class="quiet" onClick={close}>
      Not now
    </button>
  );
  if (error !== undefined)
    return (
      <>
        <ProblemNotice error={error} />
        <div class="actions">{cancel}</div>
      </>
    );
  if (!details) return <Loading what="Making the link" lines={3} />;
  return (
    <>
      <ol class="todo">
        <li>
          Open the AWS console by the button below, signed in to account <code>{binding.awsAccountId}</code>. Everything
          is filled in.
        </li>
        <li>
          Tick <strong>I acknowledge that AWS CloudFormation might create IAM resources</strong>.
        </li>
        <li>
          Press <strong>Create stack</strong>. It takes less than a minute.
        </li>
      </ol>
      <div class="actions">
        <a class="button" href={details.quickCreateUrl} target="_blank" rel="noopener noreferrer">
          Open the AWS console <Icon name="external" />
          <NewTab />
        </a>
        {cancel}
      </div>
      <p class="waiting">
        <span class="pulse" aria-hidden="true" />
        This page turns green by itself. You may close it: Kraiter notices all the same.
      </p>
    </>
  );
}

/** Events have begun to come back. */
export function Back({ region, close }: { region: string; close: () => void }) {
  return (
    <>
      <Notice tone="green" title={`Events come back from ${region}.`}>
        <p>Mail that is sent from there is followed from now on.</p>
      </Notice>
      <div class="actions">
        <button type="button" class="secondary" onClick={close}>
          Done
        </button>
      </div>
    </>
  );
}
