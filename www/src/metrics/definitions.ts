import type { EmailCounts, EmailMetrics } from '@kraiter/sdk';
import { formatNumber } from '../format';
import { PERCENT } from '../sending/reputation';

/** What a chart shows. */
export interface Definition {
  id: string;
  title: string;
  lines: { name: string; label: string; value: (counts: EmailCounts) => number }[];
  format: (value: number) => string;
  /** The rate with the limits to show. */
  limitsOf?: 'bounces' | 'complaints';
}

/** A line of a chart. Its name is also that of its colour's class. */
export interface Line {
  name: string;
  label: string;
  values: number[];
  /** A limit: a dashed line that has the same value everywhere. */
  isLimit?: boolean;
}

/** Returns a rate from 0 to 1. A bounce may be counted although its email isn't. */
const rate = (count: number, of: number) => (of === 0 ? 0 : Math.min(count / of, 1));

export const bounceRate = ({ recipientBounces, recipients }: EmailCounts) => rate(recipientBounces, recipients);
export const complaintRate = ({ complaints, recipients }: EmailCounts) => rate(complaints, recipients);

const formatPercent = (value: number) => PERCENT.format(value);

export const EMAILS: Definition = {
  id: 'chart-emails',
  title: 'Accepted and delivered',
  lines: [
    { name: 'accepted', label: 'Accepted', value: ({ accepted }) => accepted },
    { name: 'delivered', label: 'Delivered', value: ({ delivered }) => delivered },
  ],
  format: formatNumber,
};

export const PROBLEMS: Definition = {
  id: 'chart-problems',
  title: 'Bounced and marked as spam',
  lines: [
    { name: 'bounced', label: 'Bounced', value: ({ bounced }) => bounced },
    { name: 'complained', label: 'Marked as spam', value: ({ complained }) => complained },
  ],
  format: formatNumber,
};

export const TRACKED: Definition = {
  id: 'chart-tracked',
  title: 'Opened and clicked',
  lines: [
    { name: 'accepted', label: 'Opened', value: ({ opened }) => opened },
    { name: 'delivered', label: 'Clicked', value: ({ clicked }) => clicked },
  ],
  format: formatNumber,
};

export const RATES: Definition[] = [
  {
    id: 'chart-bounces',
    title: 'Bounce rate',
    lines: [{ name: 'accepted', label: 'Bounce rate', value: bounceRate }],
    format: formatPercent,
    limitsOf: 'bounces',
  },
  {
    id: 'chart-complaints',
    title: 'Complaint rate',
    lines: [{ name: 'accepted', label: 'Complaint rate', value: complaintRate }],
    format: formatPercent,
    limitsOf: 'complaints',
  },
];

/** Returns the lines of a chart, its limits last. */
export function linesOf(metrics: EmailMetrics, { lines, limitsOf }: Definition): Line[] {
  const counted = lines.map(({ name, label, value }) => ({
    name,
    label,
    values: metrics.points.map(({ counts }) => value(counts)),
  }));
  if (!limitsOf) return counted;
  const { reviewAt, pauseAt } = metrics[limitsOf];
  const limit = (name: string, label: string, at: number) => ({
    name,
    label: `${label} at ${PERCENT.format(at)}`,
    values: metrics.points.map(() => at),
    isLimit: true,
  });
  return [...counted, limit('review', 'AWS reviews', reviewAt), limit('pause', 'AWS may pause', pauseAt)];
}
