import type { Reputation as Counted, Rate, RateLevel, Region } from '@kraiter/sdk';

import { RegionName } from '../connection/region-select';
import { NewTab } from '../parts/new-tab';
import { number } from '../parts/time';

const LEVELS: Record<RateLevel, [tone: string, word: string]> = {
  too_few: ['grey', 'Too few to tell'],
  good: ['green', 'Good'],
  watch: ['amber', 'Watch'],
  review: ['red', 'AWS reviews at this rate'],
  pause: ['red', 'AWS may stop the account'],
};

const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent', maximumSignificantDigits: 2 });

/** How much of the mail comes back or is called spam, and how near that is to where AWS steps in. */
export function Reputation({ reputation, regions }: { reputation: Counted; regions: Region[] }) {
  return (
    <section class="card" aria-labelledby="reputation-title">
      <div>
        <h2 id="reputation-title">What comes back</h2>
        <p class="muted">
          Of the last {reputation.days} days, as far as events came back. AWS judges the whole account, also by what is
          sent past Kraiter:{' '}
          <a
            href="https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html"
            target="_blank"
            rel="noopener noreferrer"
          >
            how it does
            <NewTab />
          </a>
          .
        </p>
      </div>
      {reputation.regions.length === 0 && (
        <p>Nothing was sent yet but to Amazon’s test addresses, which don’t count.</p>
      )}
      {reputation.regions.map(({ region, sent, bounces, complaints }) => (
        <section key={region} class="in-region" aria-label={region}>
          <h3>
            <RegionName regions={regions} region={region} />
          </h3>
          <p class="muted">
            {number(sent)} {sent === 1 ? 'recipient' : 'recipients'}
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

function Meter({ name, rate }: { name: string; rate: Rate }) {
  const [tone, word] = LEVELS[rate.level];
  const share = Math.min(rate.rate / rate.pauseAt, 1);
  return (
    <div class={`rate ${tone}`}>
      <p class="name">
        {name} <span class="tag">{word}</span>
      </p>
      <p class="figures">
        {PERCENT.format(rate.rate)} <span class="muted">({number(rate.count)})</span>
      </p>
      <svg class="gauge" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width="100" height="6" />
        <rect class="value" width={100 * share} height="6" />
        <rect class="mark" x={100 * (rate.reviewAt / rate.pauseAt)} width="0.6" height="6" />
      </svg>
      <p class="fine">
        AWS reviews at {PERCENT.format(rate.reviewAt)} and may stop the account at {PERCENT.format(rate.pauseAt)}.
      </p>
    </div>
  );
}
