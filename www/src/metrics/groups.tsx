import type { EmailMetrics, MetricsGroup } from '@kraiter/sdk';
import { ScrollArea } from '../components/scroll-area';
import { formatNumber } from '../format';
import { useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';
import { PERCENT } from '../sending/reputation';
import { bounceRate, complaintRate } from './definitions';
import { GROUPS } from './range';

/** The numbers of each domain, template, region or tag. */
export function GroupTable({ metrics, group }: { metrics: EmailMetrics; group: MetricsGroup }) {
  const names = useTemplateNames(group);
  const { value: heading } = GROUPS[group];
  return (
    <section class="card" aria-labelledby="groups-title">
      <div>
        <h2 id="groups-title">By {heading.toLowerCase()}</h2>
        <p class="muted">
          The ten with the most emails.
          {group === 'tag' && ' An email with several tags is counted for each of them.'}
        </p>
      </div>
      {metrics.groups.length === 0 ? (
        <p>No email in this range has a {heading.toLowerCase()}.</p>
      ) : (
        <ScrollArea label={`Emails by ${heading.toLowerCase()}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">{heading}</th>
                <th scope="col">Accepted</th>
                <th scope="col">Delivered</th>
                <th scope="col">Bounced</th>
                <th scope="col">Complaints</th>
                <th scope="col">Bounce rate</th>
                <th scope="col">Complaint rate</th>
              </tr>
            </thead>
            <tbody>
              {metrics.groups.map(({ value, totals }) => (
                <tr key={value}>
                  <th scope="row">{value === null ? 'All others' : (names.get(value) ?? value)}</th>
                  <td>{formatNumber(totals.accepted)}</td>
                  <td>{formatNumber(totals.delivered)}</td>
                  <td>{formatNumber(totals.bounced)}</td>
                  <td>{formatNumber(totals.complained)}</td>
                  <td>{PERCENT.format(bounceRate(totals))}</td>
                  <td>{PERCENT.format(complaintRate(totals))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
    </section>
  );
}

/** Returns the names of the newest templates by ID. Others are shown by their ID. */
function useTemplateNames(group: MetricsGroup): Map<string, string> {
  const templates = useResource(`template-names-${group}`, async (signal) =>
    group === 'template' ? (await kraiter.templates.list({ limit: 100 }, { signal })).data : [],
  );
  return new Map(templates.data?.map(({ id, name }) => [id, name]));
}
