import type { AwsBinding } from '@kraiter/sdk';

import { Icon } from '../parts/icon';
import { NewTab } from '../parts/new-tab';
import { Notice } from '../parts/problem';
import { ConnectionActions } from './actions';
import { Facts } from './facts';
import { SetUpDetails } from './set-up-details';
import type { Connection } from './use-connection';

/** It works. */
export function Connected({ binding, flow }: { binding: AwsBinding; flow: Connection['flow'] }) {
  return (
    <>
      <Facts binding={binding} />
      {binding.sandbox && binding.stackRegion && <SandboxNotice region={binding.stackRegion} />}
      <ConnectionActions binding={binding} flow={flow} state="connected">
        <a class="button" href="/send">Send a test email <Icon name="arrow" /></a>
      </ConnectionActions>
      <SetUpDetails binding={binding} flow={flow} />
    </>
  );
}

function SandboxNotice({ region }: { region: string }) {
  const account = `https://${region}.console.aws.amazon.com/ses/home?region=${encodeURIComponent(region)}#/account`;
  return (
    <Notice tone="info" title="Your account is in the SES sandbox in this region">
      <p>
        Mail goes only to verified addresses and domains and to Amazon’s test addresses, at most 200 a day and one a second.
        To send to anyone, <a href={account} target="_blank" rel="noopener noreferrer">request production access in the SES console<NewTab /></a>.
      </p>
    </Notice>
  );
}
