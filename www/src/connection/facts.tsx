import type { AwsBinding } from '@kraiter/sdk';

import { Copyable } from '../parts/copy';
import { number, Time } from '../parts/time';
import { RegionName } from './region-select';

/** Whose account it is, and where. */
function Account({ binding }: { binding: AwsBinding }) {
  return (
    <>
      {binding.awsAccountId && (
        <div>
          <dt>AWS account</dt>
          <dd>
            <Copyable text={binding.awsAccountId} what="account ID" />
          </dd>
        </div>
      )}
      {binding.stackRegion && (
        <div>
          <dt>Region</dt>
          <dd>
            <RegionName regions={binding.regions} region={binding.stackRegion} />
          </dd>
        </div>
      )}
    </>
  );
}

function RoleArn({ binding: { roleArn } }: { binding: AwsBinding }) {
  return (
    roleArn && (
      <div class="wide">
        <dt>Role</dt>
        <dd>
          <Copyable text={roleArn} what="role ARN" />
        </dd>
      </div>
    )
  );
}

/** The role that is being tried. */
export function RoleFacts({ binding }: { binding: AwsBinding }) {
  return (
    <dl class="facts grid">
      <Account binding={binding} />
      <RoleArn binding={binding} />
    </dl>
  );
}

/** What is known of a connection. */
export function Facts({ binding }: { binding: AwsBinding }) {
  return (
    <dl class="facts grid">
      <Account binding={binding} />
      {binding.sandbox !== null && (
        <div>
          <dt>Sending</dt>
          <dd>
            <span class={`tag ${binding.sandbox ? 'amber' : 'green'}`}>
              {binding.sandbox ? 'Sandbox' : 'Production'}
            </span>
          </dd>
        </div>
      )}
      {binding.checkedAt && (
        <div>
          <dt>Last check</dt>
          <dd>
            <Time at={binding.checkedAt} relative />
          </dd>
        </div>
      )}
      {binding.quota && <Quota quota={binding.quota} />}
      <div>
        <dt>Events</dt>
        <dd>
          {binding.eventsActive
            ? 'Deliveries, bounces and complaints come back'
            : 'None come back: the role was made by hand, or its topic is gone'}
        </dd>
      </div>
      <RoleArn binding={binding} />
    </dl>
  );
}

/** How much of the day's sending is used. All figures count recipients. */
function Quota({ quota }: { quota: NonNullable<AwsBinding['quota']> }) {
  const { max24HourSend: most, sentLast24Hours: sent, maxSendRate: rate } = quota;
  const unlimited = most < 0;
  return (
    <div>
      <dt id="quota">Recipients in 24 hours</dt>
      <dd>
        <span class="figures">
          {number(sent)} <span class="muted">of {unlimited ? 'any number' : number(most)}</span>
        </span>
        {!unlimited && <progress aria-labelledby="quota" value={Math.min(sent, most)} max={most || 1} />}
        <span class="fine">{number(rate)} a second at most</span>
      </dd>
    </div>
  );
}
