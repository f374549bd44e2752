import type { AwsBinding, Reason } from '@kraiter/sdk';

import { ErrorCodes, Notice } from '../components/notice';
import { ConnectionActions } from './actions';
import { ConnectionDetails } from './details';
import { SetupDetails } from './setup-details';
import type { Connection } from './use-connection';

/** A connection that doesn't fully work: the reason and how to fix it. */
export function NeedsAttention({
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
        <ErrorCodes code={reason.code} />
      </Notice>
      <ConnectionActions binding={binding} flow={flow} state="needs_attention" />
      <ConnectionDetails binding={binding} />
      <SetupDetails binding={binding} flow={flow} open />
    </>
  );
}
