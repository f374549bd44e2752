import type { CloudTrailQueries } from '@kraiter/sdk';
import { CopyButton } from '../components/copy-button';

const QUERIES: [keyof CloudTrailQueries, title: string][] = [
  ['lookupEvents', 'AWS CLI'],
  ['athena', 'Athena'],
  ['lake', 'CloudTrail Lake'],
];

/** Queries that find the same calls in the customer's CloudTrail. */
export function CloudTrail({ queries }: { queries: CloudTrailQueries }) {
  return (
    <section class="card" aria-labelledby="cloud-trail-title">
      <div>
        <h2 id="cloud-trail-title">Compare with CloudTrail</h2>
        <p class="muted">
          Run one of these in your AWS account, and match request IDs. CloudTrail records SendEmail only if your trail
          logs SES data events, refused AssumeRole calls only in Kraiter’s account, and ConfirmSubscription not at all.
        </p>
      </div>
      {QUERIES.map(([name, title]) => (
        <details key={name}>
          <summary>{title}</summary>
          <figure class="policy">
            <figcaption>
              {title}
              <CopyButton text={queries[name]} what={`${title} query`} label="Copy" />
            </figcaption>
            <pre role="group" tabIndex={0} aria-label={`${title} query`}>
              <code>{queries[name]}</code>
            </pre>
          </figure>
        </details>
      ))}
    </section>
  );
}
