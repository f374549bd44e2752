import type { Quota, Region, RegionEvents } from '@kraiter/sdk';

import { Icon } from '../parts/icon';
import { NewTab } from '../parts/new-tab';
import { Notice } from '../parts/problem';
import { number } from '../parts/time';

const EVENTS: Record<RegionEvents, [tone: string, word: string, meaning: string]> = {
  active: ['green', 'Events come back', 'Deliveries, bounces and complaints are heard of.'],
  awaited: ['amber', 'Events awaited', 'The topic has not confirmed its subscription yet.'],
  ended: ['red', 'Events ended', 'The topic has told that it doesn’t post any more.'],
  none: ['grey', 'No events', 'Mail is sent, but what becomes of it isn’t heard of.'],
};

/** What one region lets the account do. */
export function RegionRow({ region, home, byHand }: { region: Region; home: boolean; byHand?: () => void }) {
  const [tone, word, meaning] = EVENTS[region.events];
  return (
    <li class="region-row">
      <div class="place">
        <p class="name">{region.location}</p>
        <p class="muted">
          <code>{region.region}</code>
          {home && ' · sent from unless told'}
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
          region.reason === null && <p class="fine">Its limits are read by the next check.</p>
        )}
      </div>
      <div>
        <p>
          <span class={`tag ${tone}`}>{word}</span>
        </p>
        <p class="fine">{meaning}</p>
      </div>
      <div class="actions">
        {region.sandbox && (
          <a class="button quiet small" href={region.sesConsoleUrl} target="_blank" rel="noopener noreferrer">
            Ask for production <Icon name="external" />
            <NewTab />
          </a>
        )}
        {byHand && (
          <button
            type="button"
            class="quiet small"
            onClick={byHand}
            aria-label={`Events by hand from ${region.location}`}
          >
            Events by hand
          </button>
        )}
      </div>
      {region.reason && (
        <Notice tone="amber" title={region.reason.message}>
          <p>{region.reason.help}</p>
        </Notice>
      )}
    </li>
  );
}

/** All figures count recipients. */
function Limits({ quota: { max24HourSend: most, sentLast24Hours: sent, maxSendRate: rate } }: { quota: Quota }) {
  return (
    <p class="fine figures">
      {number(sent)} of {most < 0 ? 'any number' : number(most)} in 24 hours, {number(rate)}&nbsp;a&nbsp;second
    </p>
  );
}
