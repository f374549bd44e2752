import type { Reputation as Counted, Rate, RateLevel, Region } from '@kraiter/sdk';
import { NewTab } from '../components/new-tab';
import { RegionName } from '../connection/region-select';
import { formatNumber } from '../format';

const LEVELS: Record<RateLevel, [tone: string, label: string]> = {
  too_few: ['grey', 'Not enough data'],
  good: ['green', 'Good'],
  watch: ['amber', 'Watch'],
  review: ['red', 'AWS may review your account'],
  pause: ['red', 'AWS may pause sending'],
};

/** Formats a rate from 0 to 1. */
export const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent', maximumSignificantDigits: 2 });

/** Bounce and complaint rates, compared with the rates at which AWS acts. */
export function Reputation({ reputation, regions }: { reputation: Counted; regions: Region[] }) {
  return (
    <section class="card" aria-labelledby="reputation-title">
      <div>
        <h2 id="reputation-title">Bounces and complaints</h2>
        <p class="muted">
          Based on events of the last {reputation.days} days. AWS measures your whole account, including email not sent
          through Kraiter.{' '}
          <a
            href="https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html"
            target="_blank"
            rel="noopener noreferrer"
          >
            See how AWS reviews accounts
            <NewTab />
          </a>
        </p>
      </div>
      {reputation.regions.length === 0 && (
        <p>No emails sent yet. Emails to the SES mailbox simulator aren’t counted.</p>
      )}
      {reputation.regions.map(({ region, sent, bounces, complaints }) => (
        <section key={region} class="in-region" aria-label={region}>
          <h3>
            <RegionName regions={regions} region={region} />
          </h3>
          <p class="muted">
            {formatNumber(sent)} {sent === 1 ? 'recipient' : 'recipients'}
          </p>
          <div class="rates">
            <Meter name="Bounces" rate={bounces} />
            <Meter name="Complaints" rate={complaints} />
          </div>
        </section>
      ))}
    </section>
  );
}

/** A rate on a scale that ends where AWS may pause sending. */
export function Meter({ name, rate }: { name: string; rate: Rate }) {
  const [tone, label] = LEVELS[rate.level];
  const share = Math.min(rate.rate / rate.pauseAt, 1);
  return (
    <div class={`rate ${tone}`}>
      <p class="name">
        {name} <span class="tag">{label}</span>
      </p>
      <p class="figures">
        {PERCENT.format(rate.rate)} <span class="muted">({formatNumber(rate.count)})</span>
      </p>
      <svg class="gauge" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width="100" height="6" />
        <rect class="value" width={100 * share} height="6" />
        <rect class="mark" x={100 * (rate.reviewAt / rate.pauseAt)} width="0.6" height="6" />
      </svg>
      <p class="fine">
        AWS reviews accounts at {PERCENT.format(rate.reviewAt)} and may pause sending at {PERCENT.format(rate.pauseAt)}.
      </p>
    </div>
  );
}
