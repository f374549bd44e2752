import type { AwsBinding, RefusedRole, Region } from '@kraiter/sdk';

import { Icon } from '../components/icon';
import { Notice } from '../components/notice';
import { ADD_IDENTITY_ID } from '../identities/add';
import { useIdentityList } from '../identities/use-identities';
import { productionAccessPath } from '../production-access/path';
import { ConnectionActions } from './actions';
import { ConnectionDetails } from './details';
import { SetupDetails } from './setup-details';
import type { Connection } from './use-connection';

/** A connection that works. */
export function Connected({ binding, flow }: { binding: AwsBinding; flow: Connection['flow'] }) {
  const home = binding.regions.find(({ region }) => region === binding.stackRegion);
  return (
    <>
      <ConnectionDetails binding={binding} />
      {binding.refusedRole && <RefusedRoleNotice refused={binding.refusedRole} />}
      {home?.sandbox && <SandboxNotice region={home} />}
      <ConnectionActions binding={binding} flow={flow} state="connected">
        <NextAction />
      </ConnectionActions>
      <SetupDetails binding={binding} flow={flow} />
    </>
  );
}

/** The next step: a test email if there is a verified identity, otherwise the form that adds a domain. */
function NextAction() {
  const { data } = useIdentityList();
  if (data?.data.some(({ verified }) => verified))
    return (
      <a class="button" href="/send">
        Send a test email <Icon name="arrow" />
      </a>
    );
  return (
    <button type="button" onClick={() => document.querySelector<HTMLElement>(`#${ADD_IDENTITY_ID}`)?.focus()}>
      Add a domain
    </button>
  );
}

function RefusedRoleNotice({ refused: { roleArn, reason } }: { refused: RefusedRole }) {
  return (
    <Notice tone="amber" title={`Kraiter can’t use the role ${roleArn}`}>
      <p>
        {reason.message} {reason.help}
      </p>
      <p>The connection continues with the role above. Register the other role again when it is fixed.</p>
    </Notice>
  );
}

function SandboxNotice({ region }: { region: Region }) {
  return (
    <Notice tone="info" title="Your account is in the SES sandbox in this region">
      <p>
        You can send only to verified addresses and domains, and to the SES mailbox simulator. To send to anyone,{' '}
        <a href={productionAccessPath(region.region)}>request production access</a>.
      </p>
    </Notice>
  );
}
