import { Page } from '../components/page';
import { ConnectionCard } from '../connection/card';
import { Regions } from '../connection/regions';
import { useConnection } from '../connection/use-connection';
import { Identities } from '../identities/identities';
import { OnboardingChecklist } from '../onboarding/checklist';
import { isUsable } from '../onboarding/steps';

/** The start page: the way to a working integration, the AWS connection, its sending regions and its identities. */
export function IdentitiesPage() {
  const { binding, flow } = useConnection();
  // SES can be called only if the role works and is secure. Otherwise, the card explains the problem.
  return (
    <Page title="Identities" lead="Your AWS connection, sending regions and verified senders.">
      <OnboardingChecklist />
      <ConnectionCard />
      {isUsable(binding) && <Regions binding={binding} flow={flow} />}
      {isUsable(binding) && <Identities binding={binding} />}
    </Page>
  );
}
