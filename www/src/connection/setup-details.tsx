import type { AwsBinding, RegionCode } from '@kraiter/sdk';
import { useState } from 'preact/hooks';
import { Icon } from '../components/icon';
import { Loading } from '../components/loading';
import { NewTab } from '../components/new-tab';
import { ErrorNotice } from '../components/notice';
import { useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';
import { Policies, TrustDetails } from './policies';
import { RegisterRole } from './register-role';
import type { Connection } from './use-connection';

interface Props {
  binding: AwsBinding;
  flow: Connection['flow'];
}

/** The policies and the stack link of a connected role, to fix it, recreate its stack or register another role. */
export function SetupDetails({ binding, flow, open = false }: Props & { open?: boolean }) {
  const [shown, setShown] = useState(open);
  return (
    <details class="setup" open={open} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{open ? 'Required policies and external ID' : 'Setup details'}</summary>
      {shown && binding.stackRegion && <Loaded binding={binding} flow={flow} region={binding.stackRegion} />}
    </details>
  );
}

function Loaded({ binding, flow, region }: Props & { region: RegionCode }) {
  // Creating a link doesn't change a connected role.
  const { data, error, reload } = useResource(`connect ${region}`, (signal) =>
    kraiter.awsBinding.connect({ region }, { signal }),
  );
  if (!data)
    return error === undefined ? (
      <Loading what="Loading policies" lines={6} />
    ) : (
      <ErrorNotice error={error} retry={reload} />
    );
  return (
    <>
      <TrustDetails details={data} />
      <Policies details={data} />
      <p>
        <a href={data.quickCreateUrl} target="_blank" rel="noopener noreferrer">
          Recreate the stack in the AWS console <Icon name="external" />
          <NewTab />
        </a>
      </p>
      <details>
        <summary>Register a different role</summary>
        <RegisterRole externalId={data.externalId} region={region} regions={binding.regions} created={flow.retry} />
      </details>
    </>
  );
}
