import type { Region } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';

import { Icon } from '../components/icon';
import type { Answers, Facts } from './draft';

/** What AWS looks at in a request, compared with what Kraiter knows and the user says. */
export function Checks({
  facts,
  answers,
  region,
  domainId,
}: {
  facts: Facts;
  answers: Answers;
  region: Region;
  domainId: string | undefined;
}) {
  const domainPage = domainId === undefined ? '/identities' : `/identities/${domainId}`;
  return (
    <ul class="checks" aria-label="What AWS looks at">
      <Check isMet={facts.hasDkim} title="A verified domain that signs with DKIM">
        {facts.hasDkim ? (
          <>{facts.domain} is verified and signed.</>
        ) : (
          <>
            <a href={domainPage}>{facts.domain ? `Publish the records of ${facts.domain}` : 'Add a domain'}</a> in{' '}
            {region.location}.
          </>
        )}
      </Check>
      <Check isMet={facts.dmarcRecord !== null} title="A DMARC record">
        {facts.dmarcRecord !== null ? (
          <code>{facts.dmarcRecord}</code>
        ) : facts.domain ? (
          <>
            <a href={domainPage}>Check DNS</a> on the page of {facts.domain}: it shows the record to publish.
          </>
        ) : (
          'Appears once there is a domain.'
        )}
      </Check>
      <Check isMet={facts.hasEvents} title="Bounces and complaints are handled">
        {facts.hasEvents ? (
          'Kraiter receives them, and suppresses the addresses.'
        ) : (
          <>
            <a href={`/identities?${new URLSearchParams({ events: region.region })}`}>Set up events</a> in{' '}
            {region.location}, so that Kraiter learns about them.
          </>
        )}
      </Check>
      <Check isMet={facts.suppressedReasons.length > 0} title="Account-level suppression list of SES">
        {facts.suppressedReasons.length > 0
          ? `On for ${facts.suppressedReasons.map((reason) => `${reason}s`).join(' and ')}.`
          : 'Off. Kraiter’s own list works without it.'}
      </Check>
      {answers.mailType === 'MARKETING' && (
        <Check isMet={answers.hasUnsubscribe} title="One-click unsubscribe">
          {answers.hasUnsubscribe ? (
            'You send these emails with an unsubscribe link.'
          ) : (
            <>
              Send marketing emails with <code>unsubscribe: true</code>, then confirm it below.
            </>
          )}
        </Check>
      )}
    </ul>
  );
}

function Check({ isMet, title, children }: { isMet: boolean; title: string; children: ComponentChildren }) {
  return (
    <li class={isMet ? 'green' : 'amber'}>
      <Icon name={isMet ? 'check' : 'alert'} />
      <div>
        <p class="title">
          {title}
          <span class="visually-hidden">{isMet ? ': done' : ': to do'}</span>
        </p>
        <p class="muted">{children}</p>
      </div>
    </li>
  );
}
