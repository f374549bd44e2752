import { Page } from '../components/page';
import { ConnectionCard } from '../connection/card';
import { Regions } from '../connection/regions';
import { useConnection } from '../connection/use-connection';
import { Identities } from '../identities/identities';

/** The AWS connection, its sending regions and its identities. */
export function IdentitiesPage() {
  const { binding, flow } = useConnection();
  // SES can be called only if the role works and is secure. Otherwise, the card explains the problem.
  const usable = binding?.status === 'connected' || binding?.status === 'degraded';
  return (
    <Page title="Identities" lead="Your AWS connection, sending regions and verified senders.">
      <ConnectionCard />
      {usable && <Regions binding={binding} flow={flow} />}
      {usable && <Identities binding={binding} />}
    </Page>
  );
}
