import type { EmailMetrics } from '@kraiter/sdk';
import { useLocation } from 'preact-iso';
import { Field } from '../components/field';
import { Loading } from '../components/loading';
import { ErrorNotice, Notice } from '../components/notice';
import { Page } from '../components/page';
import { Time } from '../components/time';
import { formatNumber } from '../format';
import { useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';
import { Chart } from '../metrics/chart';
import { EMAILS, PROBLEMS, RATES, TRACKED } from '../metrics/definitions';
import { GroupTable } from '../metrics/groups';
import { DEFAULT_RANGE, GROUPS, isGroup, queryOf, RANGES } from '../metrics/range';
import { Meter, PERCENT } from '../sending/reputation';

/** Emails by day or hour, and bounce and complaint rates. The URL holds what is shown. */
export function MetricsPage() {
  const { query, route } = useLocation();
  const chosen = query.range ?? '';
  const range = Object.hasOwn(RANGES, chosen) ? chosen : DEFAULT_RANGE;
  const group = query.group !== undefined && isGroup(query.group) ? query.group : '';
  const show = (next: { range?: string; group?: string }) => {
    const shown = { range, group, ...next };
    const parameters = new URLSearchParams(Object.entries(shown).filter(([, value]) => value));
    route(`/email-metrics?${parameters}`, true);
  };
  return (
    <Page title="Metrics" lead="Emails by the time at which Kraiter accepted them, and what became of them.">
      <div class="stack metrics">
        <div class="row filters">
          <Field name="range" label="Time">
            {(control) => (
              <select {...control} value={range} onChange={(event) => show({ range: event.currentTarget.value })}>
                {Object.entries(RANGES).map(([name, { label }]) => (
                  <option key={name} value={name}>
                    {label}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field name="group" label="Group by">
            {(control) => (
              <select {...control} value={group} onChange={(event) => show({ group: event.currentTarget.value })}>
                <option value="">Nothing</option>
                {Object.entries(GROUPS).map(([name, { label }]) => (
                  <option key={name} value={name}>
                    {label}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <Shown key={`${range} ${group}`} range={range} group={group} />
      </div>
    </Page>
  );
}

function Shown({ range, group }: { range: string; group: string }) {
  const chosen = RANGES[range];
  const { data, error, reload } = useResource(
    `metrics ${range} ${group}`,
    (signal) =>
      kraiter.metrics.get({ ...(chosen ? queryOf(chosen) : {}), ...(isGroup(group) ? { group } : {}) }, { signal }),
    // Counting a large number of emails takes a while.
    ({ upToDate }) => (upToDate ? 60_000 : 5_000),
  );
  return (
    <>
      {error !== undefined && <ErrorNotice error={error} title="Could not load the metrics" retry={reload} />}
      {!data && error === undefined && <Loading what="Loading metrics" lines={6} />}
      {data && <Numbers metrics={data} group={group} />}
    </>
  );
}

function Numbers({ metrics, group }: { metrics: EmailMetrics; group: string }) {
  const { totals } = metrics;
  const isTracked = totals.opened > 0;
  return (
    <>
      {!metrics.upToDate && (
        <Notice tone="info" title="Some emails are still being counted">
          <p>
            The numbers contain everything up to <Time at={metrics.asOf} />. They are updated automatically.
          </p>
        </Notice>
      )}
      <section class="card" aria-labelledby="emails-title">
        <h2 id="emails-title">Emails</h2>
        <dl class="totals">
          <Total label="Accepted" value={totals.accepted} />
          <Total label="Delivered" value={totals.delivered} of={totals.accepted} />
          <Total label="Bounced" value={totals.bounced} of={totals.accepted} />
          <Total label="Marked as spam" value={totals.complained} of={totals.accepted} />
          {totals.failed > 0 && <Total label="Failed" value={totals.failed} of={totals.accepted} />}
          {isTracked && <Total label="Opened" value={totals.opened} of={totals.delivered} />}
          {isTracked && <Total label="Clicked" value={totals.clicked} of={totals.delivered} />}
        </dl>
        <Chart of={EMAILS} metrics={metrics} />
        <Chart of={PROBLEMS} metrics={metrics} />
        {isTracked && <Chart of={TRACKED} metrics={metrics} />}
      </section>
      <section class="card" aria-labelledby="rates-title">
        <div>
          <h2 id="rates-title">Rates</h2>
          <p class="muted">
            Per recipient, as AWS counts them: without SES’s mailbox simulator. AWS measures your whole account over a
            longer time.
          </p>
        </div>
        <div class="rates">
          <Meter name="Bounces" rate={metrics.bounces} />
          <Meter name="Complaints" rate={metrics.complaints} />
        </div>
        {RATES.map((of) => (
          <Chart key={of.id} of={of} metrics={metrics} />
        ))}
      </section>
      {isGroup(group) && <GroupTable metrics={metrics} group={group} />}
    </>
  );
}

function Total({ label, value, of }: { label: string; value: number; of?: number }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {formatNumber(value)} {of !== undefined && of > 0 && <span class="muted">{PERCENT.format(value / of)}</span>}
      </dd>
    </div>
  );
}
