import type { AwsBinding } from '@kraiter/sdk';

import { CopyableValue } from '../components/copy-button';
import { Time } from '../components/time';
import { formatNumber } from '../format';
import { RegionName } from './region-select';

/** The AWS account and the default region. */
function Account({ binding }: { binding: AwsBinding }) {
  return (
    <>
      {binding.awsAccountId && (
        <div>
          <dt>AWS account</dt>
          <dd>
            <CopyableValue text={binding.awsAccountId} what="account ID" />
          </dd>
        </div>
      )}
      {binding.stackRegion && (
        <div>
          <dt>Default region</dt>
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
        <dt>Role ARN</dt>
        <dd>
          <CopyableValue text={roleArn} what="role ARN" />
        </dd>
      </div>
    )
  );
}

/** The role that is being verified. */
export function RoleDetails({ binding }: { binding: AwsBinding }) {
  return (
    <dl class="facts grid">
      <Account binding={binding} />
      <RoleArn binding={binding} />
    </dl>
  );
}

/** The properties of a connection. */
export function ConnectionDetails({ binding }: { binding: AwsBinding }) {
  return (
    <dl class="facts grid">
      <Account binding={binding} />
      {binding.sandbox !== null && (
        <div>
          <dt>Account status</dt>
          <dd>
            <span class={`tag ${binding.sandbox ? 'amber' : 'green'}`}>
              {binding.sandbox ? 'Sandbox' : 'Production'}
            </span>
          </dd>
        </div>
      )}
      {binding.checkedAt && (
        <div>
          <dt>Last checked</dt>
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
            ? 'Receiving deliveries, bounces and complaints'
            : 'Off: the role was created manually, or its SNS topic was deleted'}
        </dd>
      </div>
      <RoleArn binding={binding} />
    </dl>
  );
}

/** The daily sending quota. All figures count recipients. */
function Quota({ quota }: { quota: NonNullable<AwsBinding['quota']> }) {
  const { max24HourSend, sentLast24Hours, maxSendRate } = quota;
  const unlimited = max24HourSend < 0;
  return (
    <div>
      <dt id="quota">Recipients in the last 24 hours</dt>
      <dd>
        <span class="figures">
          {formatNumber(sentLast24Hours)}{' '}
          <span class="muted">{unlimited ? '(no limit)' : `of ${formatNumber(max24HourSend)}`}</span>
        </span>
        {!unlimited && (
          <progress aria-labelledby="quota" value={Math.min(sentLast24Hours, max24HourSend)} max={max24HourSend || 1} />
        )}
        <span class="fine">Up to {formatNumber(maxSendRate)} per second</span>
      </dd>
    </div>
  );
}
