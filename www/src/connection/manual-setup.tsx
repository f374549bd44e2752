import type { ConnectDetails, Region } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';

import { Policies, TrustDetails } from './policies';
import { RegisterRole } from './register-role';

interface Props {
  details: ConnectDetails;
  region: string;
  regions: Region[];
  /** Called after the role is registered. */
  created: () => void;
  children?: ComponentChildren;
}

/** Manual setup: the policies of the role, and the form that registers it. */
export function ManualSetup({ details, region, regions, created, children }: Props) {
  return (
    <div class="manual">
      <section aria-labelledby="make-role">
        <h3 id="make-role">1. Create the role</h3>
        <p>
          In the IAM console, create a role with this <strong>custom trust policy</strong>, then attach the permissions
          policy as an inline policy. Both are ready to copy.
        </p>
        <TrustDetails details={details} />
        <Policies details={details} />
      </section>
      <section aria-labelledby="register-role">
        <h3 id="register-role">2. Register the role</h3>
        <p>
          A role that you create manually can send, but Kraiter receives no deliveries, bounces or complaints until you
          set up events. After you connect, choose <strong>Set up events</strong> under Regions.
        </p>
        <RegisterRole externalId={details.externalId} region={region} regions={regions} created={created}>
          {children}
        </RegisterRole>
      </section>
    </div>
  );
}
