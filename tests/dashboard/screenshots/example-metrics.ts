/** A month of a shop that sends less at weekends, and once to an old list of addresses. */

import type { EmailCounts, EmailMetrics, Rate } from '@kraiter/sdk';

const DAY = 86_400_000;
const FIRST = Date.parse('2026-11-01T00:00:00Z');
const DAYS = [...Array(30).keys()];
const OLD_LIST = 18;

const at = (day: number) => new Date(FIRST + day * DAY).toISOString();

function countsOf(day: number): EmailCounts {
  const isOldList = day === OLD_LIST;
  const isWeekend = [0, 6].includes(new Date(at(day)).getUTCDay());
  const accepted = isOldList ? 2_600 : Math.round((isWeekend ? 420 : 900) + 60 * Math.sin(day * 2.3) + 9 * day);
  const failed = day === 6 ? 12 : 0;
  const bounced = Math.round(accepted * (isOldList ? 0.043 : 0.007));
  const complained = isOldList ? 4 : Number(day % 7 === 3);
  const sent = accepted - failed;
  return {
    accepted,
    sent,
    failed,
    delivered: sent - bounced,
    bounced,
    complained,
    opened: 0,
    clicked: 0,
    recipients: sent,
    recipientBounces: bounced,
    complaints: complained,
  };
}

/** Calculates with each number of one or several counts. */
function combine(counts: EmailCounts[], calculate: (numbers: number[]) => number): EmailCounts {
  const names = Object.keys(countsOf(0)) as (keyof EmailCounts)[];
  const combined = names.map((name) => [name, calculate(counts.map((one) => one[name]))]);
  return Object.fromEntries(combined) as unknown as EmailCounts;
}

const series = (days: EmailCounts[]) => ({
  totals: combine(days, (numbers) => numbers.reduce((sum, number) => sum + number)),
  points: days.map((counts, day) => ({ start: at(day), counts })),
});

const rate = (count: number, recipients: number, reviewAt: number, pauseAt: number): Rate => ({
  count,
  rate: count / recipients,
  level: 'good',
  reviewAt,
  pauseAt,
});

/** Returns the metrics by day, grouped by domain. */
export function exampleMetrics(): EmailMetrics {
  const all = DAYS.map(countsOf);
  const orders = all.map((counts) => combine([counts], ([number = 0]) => Math.round(number * 0.7)));
  const news = all.map((counts, day) => combine([counts, orders[day] ?? counts], ([sum = 0, part = 0]) => sum - part));
  const { totals, points } = series(all);
  return {
    from: at(0),
    to: at(DAYS.length),
    by: 'day',
    group: 'domain',
    upToDate: true,
    asOf: at(DAYS.length),
    totals,
    bounces: rate(totals.recipientBounces, totals.recipients, 0.05, 0.1),
    complaints: rate(totals.complaints, totals.recipients, 0.001, 0.005),
    points,
    groups: [
      { value: 'acme.example', ...series(orders) },
      { value: 'news.acme.example', ...series(news) },
    ],
  };
}
