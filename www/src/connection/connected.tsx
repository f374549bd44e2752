import type { AwsBinding, Region } from '@kraiter/sdk';

import { Icon } from '../components/icon';
import { NewTab } from '../components/new-tab';
import { Notice } from '../components/notice';
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
      {home?.sandbox && <SandboxNotice region={home} />}
      <ConnectionActions binding={binding} flow={flow} state="connected">
        <a class="button" href="/send">
          Send test email <Icon name="arrow" />
        </a>
      </ConnectionActions>
      <SetupDetails binding={binding} flow={flow} />
    </>
  );
}

function SandboxNotice({ region }: { region: Region }) {
  return (
    <Notice tone="info" title="Your account is in the SES sandbox in this region">
      <p>
        You can send only to verified addresses and domains, and to the SES mailbox simulator. To send to anyone,{' '}
        <a href={region.sesConsoleUrl} target="_blank" rel="noopener noreferrer">
          request production access in the SES console
          <NewTab />
        </a>
        .
      </p>
    </Notice>
  );
}
