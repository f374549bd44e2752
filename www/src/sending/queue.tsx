import type { Hold, Region, SendingInRegion, SendingStatus } from '@kraiter/sdk';

import { RegionName } from '../connection/region-select';
import { Notice } from '../parts/problem';
import { number, Time } from '../parts/time';

const WAITS: Record<Hold['reason'], string> = {
  rate: 'The account may not write to more recipients a second.',
  daily_quota: 'The recipients of these 24 hours are used up.',
  account_unread: 'The account’s limits have still to be read.',
  connection: 'The connection doesn’t work for now. It is looked at again every minute.',
};

/** What waits in each region, how fast it goes, and why nothing goes. */
export function Queue({ status, regions }: { status: SendingStatus; regions: Region[] }) {
  return (
    <section class="card" aria-labelledby="queue-title">
      <h2 id="queue-title">On its way</h2>
      {status.regions.map((region) => (
        <section key={region.region} class="in-region" aria-label={region.region}>
          <h3>
            <RegionName regions={regions} region={region.region} />
          </h3>
          <InRegion sending={region} />
        </section>
      ))}
    </section>
  );
}

function InRegion({ sending }: { sending: SendingInRegion }) {
  const { queued, queuedInBatches, unconfirmed, perSecond, maxSendRate, max24HourSend, sentLast24Hours, hold } =
    sending;
  const id = `day-${sending.region}`;
  return (
    <>
      {hold && (
        <Notice tone={hold.reason === 'daily_quota' ? 'amber' : 'info'} title={WAITS[hold.reason]}>
          <p>
            There is room at the latest at <Time at={hold.until} />. What waits goes by itself.
          </p>
        </Notice>
      )}
      <dl class="facts grid">
        <div>
          <dt>Waiting</dt>
          <dd>
            <span class="figures">{number(queued + queuedInBatches)}</span>
            {queuedInBatches > 0 && (
              <span class="fine">{number(queuedInBatches)} of them in batches, which go last</span>
            )}
          </dd>
        </div>
        <div>
          <dt>Unconfirmed</dt>
          <dd>
            <span class="figures">{number(unconfirmed)}</span>
            {unconfirmed > 0 && <span class="fine">SES’s answer was lost; an event tells</span>}
          </dd>
        </div>
        <div>
          <dt>Recipients a second</dt>
          <dd>
            <span class="figures">{perSecond === null ? 'not read yet' : number(Math.round(perSecond * 10) / 10)}</span>
            {maxSendRate !== null && <span class="muted"> of {number(maxSendRate)}</span>}
          </dd>
        </div>
        <div>
          <dt id={id}>Recipients in 24 hours</dt>
          <dd>
            <span class="figures">
              {number(sentLast24Hours)}{' '}
              <span class="muted">of {max24HourSend === null ? 'any number' : number(max24HourSend)}</span>
            </span>
            {max24HourSend !== null && (
              <progress
                aria-labelledby={id}
                value={Math.min(sentLast24Hours, max24HourSend)}
                max={max24HourSend || 1}
              />
            )}
          </dd>
        </div>
      </dl>
    </>
  );
}
