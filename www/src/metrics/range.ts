import type { EmailMetrics, MetricsGroup, MetricsInterval } from '@kraiter/sdk';

const HOUR = 3_600_000;

interface Range {
  label: string;
  by: MetricsInterval;
  hours: number;
}

/** The ranges that can be chosen, by their name in the URL. */
export const RANGES: Record<string, Range> = {
  '24h': { label: 'Last 24 hours', by: 'hour', hours: 23 },
  '7d': { label: 'Last 7 days', by: 'day', hours: 6 * 24 },
  '30d': { label: 'Last 30 days', by: 'day', hours: 29 * 24 },
  '90d': { label: 'Last 90 days', by: 'day', hours: 89 * 24 },
};

export const DEFAULT_RANGE = '30d';

/** What emails can be grouped by, with its label and the heading of its values. */
export const GROUPS: Record<MetricsGroup, { label: string; value: string }> = {
  domain: { label: 'Sender’s domain', value: 'Domain' },
  template: { label: 'Template', value: 'Template' },
  region: { label: 'Region', value: 'Region' },
  tag: { label: 'Tag', value: 'Tag' },
};

export const isGroup = (text: string): text is MetricsGroup => Object.hasOwn(GROUPS, text);

/** Returns the query of a range that ends now. */
export function queryOf({ by, hours }: Range) {
  return { from: new Date(Date.now() - hours * HOUR).toISOString(), by };
}

const HOURS = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
// Days are those of UTC.
const DAYS = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** Formats the interval that starts at a time. */
export const formatInterval = (by: EmailMetrics['by'], start: string | number) =>
  (by === 'day' ? DAYS : HOURS).format(new Date(start));

const SHORT_HOURS = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const SHORT_DAYS = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** Formats the interval that starts at a time, for an axis. */
export const formatShortInterval = (by: EmailMetrics['by'], start: number) =>
  (by === 'day' ? SHORT_DAYS : SHORT_HOURS).format(new Date(start));
