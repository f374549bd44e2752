import type { Quota, Region, RegionEvents } from '@kraiter/sdk';

import { Icon } from '../components/icon';
import { NewTab } from '../components/new-tab';
import { Notice } from '../components/notice';
import { formatNumber } from '../format';
import { productionAccessPath } from '../production-access/path';
import { Plan } from './plan';

const EVENTS: Record<RegionEvents, [tone: string, label: string, meaning: string]> = {
  active: ['green', 'Events active', 'Receiving deliveries, bounces and complaints.'],
  awaited: ['amber', 'Events pending', 'Waiting for SNS to confirm the subscription.'],
  silent: ['red', 'No events', 'Emails were sent, but none of their events arrived.'],
  set_deleted: ['red', 'Events stopped', 'The configuration set was deleted.'],
  ended: ['red', 'Events stopped', 'The SNS subscription was removed.'],
  none: ['grey', 'Events off', 'Email is sent, but delivery status isn’t reported.'],
};

/** One sending region: sandbox status, quota and events. */
export function RegionRow({
  region,
  isDefault,
  setUpEvents,
}: {
  region: Region;
  isDefault: boolean;
  setUpEvents?: () => void;
}) {
  const [tone, label, meaning] = EVENTS[region.events];
  return (
    <li class="region-row">
      <div class="location">
        <p class="name">{region.location}</p>
        <p class="muted">
          <code>{region.region}</code>
          {isDefault && ' · Default sending region'}
        </p>
      </div>
      <div>
        {region.sandbox !== null && (
          <p>
            <span class={`tag ${region.sandbox ? 'amber' : 'green'}`}>{region.sandbox ? 'Sandbox' : 'Production'}</span>
          </p>
        )}
        {region.quota ? (
          <Limits quota={region.quota} />
        ) : (
          region.reason === null && <p class="fine">Quotas appear after the next check.</p>
        )}
        {region.pricingPlan !== null && (
          <p class="fine">
            <Plan region={region} />
          </p>
        )}
      </div>
      <div>
        <p>
          <span class={`tag ${tone}`}>{label}</span>
        </p>
        <p class="fine">{meaning}</p>
      </div>
      <div class="actions">
        {region.stack?.updateUrl && (
          <a class="button quiet small" href={region.stack.updateUrl} target="_blank" rel="noopener noreferrer">
            Update stack <Icon name="external" />
            <NewTab />
          </a>
        )}
        {region.sandbox && (
          <a class="button quiet small" href={productionAccessPath(region.region)}>
            Request production access
          </a>
        )}
        {setUpEvents && (
          <button
            type="button"
            class="quiet small"
            onClick={setUpEvents}
            aria-label={`Set up events in ${region.location}`}
          >
            Set up events
          </button>
        )}
      </div>
      {region.stack?.updateUrl && (
        <Notice tone="amber" title="The stack is older than the published template.">
          <p>
            Choose <strong>Update stack</strong> and confirm each page in the CloudFormation console; all values stay as
            they are. This notice disappears once the new subscription is confirmed.
          </p>
        </Notice>
      )}
      {region.reason && (
        <Notice tone="amber" title={region.reason.message}>
          <p>{region.reason.help}</p>
        </Notice>
      )}
    </li>
  );
}

/** All figures count recipients. */
function Limits({ quota: { max24HourSend, sentLast24Hours, maxSendRate } }: { quota: Quota }) {
  return (
    <p class="fine figures">
      {formatNumber(sentLast24Hours)}
      {max24HourSend < 0 ? ' (no limit)' : ` of ${formatNumber(max24HourSend)}`} in 24 hours,{' '}
      {formatNumber(maxSendRate)}&nbsp;per&nbsp;second
    </p>
  );
}
