import type { AwsBinding } from '@kraiter/sdk';
import { useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { Icon } from '../parts/icon';
import { Loading } from '../parts/loading';
import { NewTab } from '../parts/new-tab';
import { ProblemNotice } from '../parts/problem';
import { useResource } from '../parts/use-resource';
import { Policies, TrustFacts } from './policies';
import { RegisterRole } from './register-role';
import type { Connection } from './use-connection';

interface Props {
  binding: AwsBinding;
  flow: Connection['flow'];
}

/** The link and the policies of a connection that has a role already: to mend it, to make its stack anew, or to take another role. */
export function SetUpDetails({ binding, flow, open = false }: Props & { open?: boolean }) {
  const [shown, setShown] = useState(open);
  return (
    <details class="set-up" open={open} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>
        {open ? 'Policies and external ID to compare with the role’s' : 'Policies, external ID, another role'}
      </summary>
      {shown && <Loaded binding={binding} flow={flow} />}
    </details>
  );
}

function Loaded({ binding, flow }: Props) {
  const region = binding.stackRegion ?? '';
  // Asking for the link changes nothing about a role that is connected.
  const { data, error, reload } = useResource(`connect ${region}`, (signal) =>
    kraiter.awsBinding.connect({ region }, { signal }),
  );
  if (!data)
    return error === undefined ? (
      <Loading what="Loading the policies" lines={6} />
    ) : (
      <ProblemNotice error={error} retry={reload} />
    );
  return (
    <>
      <TrustFacts details={data} />
      <Policies details={data} />
      <p>
        <a href={data.quickCreateUrl} target="_blank" rel="noopener noreferrer">
          Create the stack anew in the AWS console <Icon name="external" />
          <NewTab />
        </a>
      </p>
      <details>
        <summary>Register another role</summary>
        <RegisterRole externalId={data.externalId} region={region} regions={binding.regions} created={flow.retry} />
      </details>
    </>
  );
}
