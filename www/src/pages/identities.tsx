import { ConnectionCard } from '../connection/card';
import { Regions } from '../connection/regions';
import { useConnection } from '../connection/use-connection';
import { Identities } from '../identities/identities';
import { Page } from '../parts/page';

/** The AWS connection, and what may send through it. */
export function IdentitiesPage() {
  const { binding, flow } = useConnection();
  // Until the role works and is safe, SES can't be asked: the card says why.
  const usable = binding?.status === 'connected' || binding?.status === 'degraded';
  return (
    <Page
      title="Identities"
      lead="The AWS account that your email goes through, and the domains and addresses it comes from."
    >
      <ConnectionCard />
      {usable && <Regions binding={binding} flow={flow} />}
      {usable && <Identities binding={binding} />}
    </Page>
  );
}
