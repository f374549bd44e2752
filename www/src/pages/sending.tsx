import type { AwsBinding } from '@kraiter/sdk';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { RequireConnection } from '../connection/require-connection';
import { useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';
import { Permissions } from '../sending/permissions';
import { Queue } from '../sending/queue';
import { Reputation } from '../sending/reputation';

/** The queue, bounce and complaint rates, and the role's permissions. */
export function SendingPage() {
  return (
    <Page title="Sending" lead="Queue, bounce and complaint rates, and IAM permissions.">
      <RequireConnection>{(binding) => <Connected binding={binding} />}</RequireConnection>
    </Page>
  );
}

function Connected({ binding }: { binding: AwsBinding }) {
  const sending = useResource(
    'sending',
    (signal) => kraiter.sending.get({ signal }),
    ({ regions }) =>
      regions.some(({ queued, queuedInBatches, unconfirmed }) => queued + queuedInBatches + unconfirmed > 0)
        ? 2_000
        : 15_000,
  );
  const reputation = useResource(
    'reputation',
    (signal) => kraiter.sending.reputation({ signal }),
    () => 30_000,
  );
  return (
    <div class="stack sending">
      {sending.error !== undefined && (
        <ErrorNotice error={sending.error} title="Could not load the queue" retry={sending.reload} />
      )}
      {sending.data ? (
        <Queue status={sending.data} regions={binding.regions} />
      ) : (
        sending.error === undefined && <Loading what="Loading queue" lines={4} />
      )}
      {reputation.error !== undefined && (
        <ErrorNotice error={reputation.error} title="Could not load bounces and complaints" retry={reputation.reload} />
      )}
      {reputation.data ? (
        <Reputation reputation={reputation.data} regions={binding.regions} />
      ) : (
        reputation.error === undefined && <Loading what="Loading bounces and complaints" lines={3} />
      )}
      <Permissions binding={binding} />
    </div>
  );
}
