import type { Hold, Region, SendingInRegion, SendingStatus } from '@kraiter/sdk';
import { Notice } from '../components/notice';
import { Time } from '../components/time';
import { RegionName } from '../connection/region-select';
import { formatNumber } from '../format';

const HOLD_REASONS: Record<Hold['reason'], string> = {
  rate: 'The account’s maximum send rate is reached.',
  daily_quota: 'The account’s 24-hour sending quota is used up.',
  account_unread: 'Reading the account’s sending quota.',
  sending_paused: 'AWS has paused sending for this account.',
  permission_missing: 'The role isn’t allowed to send.',
  connection: 'The AWS connection isn’t working. Kraiter checks it every minute.',
};

/** The queue of each region: its size, send rate, quota and hold. */
export function Queue({ status, regions }: { status: SendingStatus; regions: Region[] }) {
  return (
    <section class="card" aria-labelledby="queue-title">
      <h2 id="queue-title">Queue</h2>
      {status.regions.map((region) => (
        <section key={region.region} class="in-region" aria-label={region.region}>
          <h3>
            <RegionName regions={regions} region={region.region} />
          </h3>
          <RegionQueue sending={region} />
        </section>
      ))}
    </section>
  );
}

function RegionQueue({ sending }: { sending: SendingInRegion }) {
  const { queued, queuedInBatches, unconfirmed, perSecond, maxSendRate, max24HourSend, sentLast24Hours, hold } =
    sending;
  const id = `day-${sending.region}`;
  return (
    <>
      {hold && (
        <Notice tone={hold.reason === 'daily_quota' ? 'amber' : 'info'} title={HOLD_REASONS[hold.reason]}>
          <p>
            Sending resumes by <Time at={hold.until} />. Queued emails are sent automatically.
          </p>
        </Notice>
      )}
      <dl class="facts grid">
        <div>
          <dt>Queued</dt>
          <dd>
            <span class="figures">{formatNumber(queued + queuedInBatches)}</span>
            {queuedInBatches > 0 && (
              <span class="fine">{formatNumber(queuedInBatches)} in batches, which are sent last</span>
            )}
          </dd>
        </div>
        <div>
          <dt>Unconfirmed</dt>
          <dd>
            <span class="figures">{formatNumber(unconfirmed)}</span>
            {unconfirmed > 0 && <span class="fine">Waiting for a delivery event</span>}
          </dd>
        </div>
        <div>
          <dt>Recipients per second</dt>
          <dd>
            <span class="figures">
              {perSecond === null ? 'Not available yet' : formatNumber(Math.round(perSecond * 10) / 10)}
            </span>
            {maxSendRate !== null && <span class="muted"> of {formatNumber(maxSendRate)}</span>}
          </dd>
        </div>
        <div>
          <dt id={id}>Recipients in the last 24 hours</dt>
          <dd>
            <span class="figures">
              {formatNumber(sentLast24Hours)}{' '}
              <span class="muted">{max24HourSend === null ? '(no limit)' : `of ${formatNumber(max24HourSend)}`}</span>
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
