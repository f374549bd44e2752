import type { AwsBinding, Reason } from '@kraiter/sdk';

import { Notice } from '../parts/problem';
import { ConnectionActions } from './actions';
import { Facts } from './facts';
import { SetUpDetails } from './set-up-details';
import type { Connection } from './use-connection';

/** It doesn't work, or not wholly: why, and the step that mends it. */
export function Attention({
  binding,
  reason,
  flow,
}: {
  binding: AwsBinding;
  reason: Reason;
  flow: Connection['flow'];
}) {
  return (
    <>
      <Notice tone="red" title={reason.message}>
        <p>{reason.help}</p>
        <p class="fine">
          <code>{reason.code}</code>
        </p>
      </Notice>
      <ConnectionActions binding={binding} flow={flow} state="needs_attention" />
      <Facts binding={binding} />
      <SetUpDetails binding={binding} flow={flow} open />
    </>
  );
}
