import { ConnectionCard } from '../connection/card';
import { useConnection } from '../connection/use-connection';
import { Identities } from '../identities/identities';
import { Page } from '../parts/page';

/** The AWS connection, and what may send through it. */
export function IdentitiesPage() {
  const { binding } = useConnection();
  return (
    <Page title="Identities" lead="The AWS account that your email goes through, and the domains and addresses it comes from.">
      <ConnectionCard />
      {binding?.awsAccountId && <Identities binding={binding} />}
    </Page>
  );
}
