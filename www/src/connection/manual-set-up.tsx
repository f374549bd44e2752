import type { ConnectDetails, Region } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';

import { Policies, TrustFacts } from './policies';
import { RegisterRole } from './register-role';

interface Props {
  details: ConnectDetails;
  region: string;
  regions: Region[];
  /** Called once the API has taken the role. */
  created: () => void;
  children?: ComponentChildren;
}

/** A role made by hand: the policies filled in, and the form that registers it. */
export function ManualSetUp({ details, region, regions, created, children }: Props) {
  return (
    <div class="manual">
      <section aria-labelledby="make-role">
        <h3 id="make-role">1. Create the role</h3>
        <p>
          In the IAM console, create a role with a <strong>custom trust policy</strong>, then attach the permissions as
          an inline policy. Both are filled in.
        </p>
        <TrustFacts details={details} />
        <Policies details={details} />
      </section>
      <section aria-labelledby="register-role">
        <h3 id="register-role">2. Register it here</h3>
        <p>
          A role made by hand sends, but no events come back from it: bounces and complaints are not seen here until a
          topic of yours brings them. Once it is connected, <strong>Events by hand</strong> under Regions says how.
        </p>
        <RegisterRole externalId={details.externalId} region={region} regions={regions} created={created}>
          {children}
        </RegisterRole>
      </section>
    </div>
  );
}
