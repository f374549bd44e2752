import type { AwsBinding } from '@kraiter/sdk';

import { WhenConnected } from '../connection/when-connected';
import { kraiter } from '../kraiter';
import { Loading } from '../parts/loading';
import { Page } from '../parts/page';
import { ProblemNotice } from '../parts/problem';
import { useResource } from '../parts/use-resource';
import { Permissions } from '../sending/permissions';
import { Queue } from '../sending/queue';
import { Reputation } from '../sending/reputation';

/** How mail goes out: what waits and why, what comes back, and what the role may do. */
export function SendingPage() {
  return (
    <Page
      title="Sending"
      lead="What waits and how fast it goes, what comes back, and whether the role may do all that it should."
    >
      <WhenConnected>{(binding) => <Connected binding={binding} />}</WhenConnected>
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
        <ProblemNotice error={sending.error} title="What waits can’t be loaded" retry={sending.reload} />
      )}
      {sending.data ? (
        <Queue status={sending.data} regions={binding.regions} />
      ) : (
        sending.error === undefined && <Loading what="Looking at what waits" lines={4} />
      )}
      {reputation.error !== undefined && (
        <ProblemNotice error={reputation.error} title="What comes back can’t be loaded" retry={reputation.reload} />
      )}
      {reputation.data ? (
        <Reputation reputation={reputation.data} regions={binding.regions} />
      ) : (
        reputation.error === undefined && <Loading what="Looking at what comes back" lines={3} />
      )}
      <Permissions binding={binding} />
    </div>
  );
}
