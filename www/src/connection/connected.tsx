import type { AwsBinding, Region } from '@kraiter/sdk';

import { Icon } from '../parts/icon';
import { NewTab } from '../parts/new-tab';
import { Notice } from '../parts/problem';
import { ConnectionActions } from './actions';
import { Facts } from './facts';
import { SetUpDetails } from './set-up-details';
import type { Connection } from './use-connection';

/** It works. */
export function Connected({ binding, flow }: { binding: AwsBinding; flow: Connection['flow'] }) {
  const home = binding.regions.find(({ region }) => region === binding.stackRegion);
  return (
    <>
      <Facts binding={binding} />
      {home?.sandbox && <SandboxNotice region={home} />}
      <ConnectionActions binding={binding} flow={flow} state="connected">
        <a class="button" href="/send">
          Send a test email <Icon name="arrow" />
        </a>
      </ConnectionActions>
      <SetUpDetails binding={binding} flow={flow} />
    </>
  );
}

function SandboxNotice({ region }: { region: Region }) {
  return (
    <Notice tone="info" title="Your account is in the SES sandbox in this region">
      <p>
        Mail goes only to verified addresses and domains and to Amazon’s test addresses. To send to anyone,{' '}
        <a href={region.sesConsoleUrl} target="_blank" rel="noopener noreferrer">
          request production access in the SES console
          <NewTab />
        </a>
        .
      </p>
    </Notice>
  );
}
