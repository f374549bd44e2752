import type { EmailMetrics } from '@kraiter/sdk';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Line } from './definitions';
import { formatShortInterval } from './range';

const HEIGHT = 200;

interface Options {
  metrics: EmailMetrics;
  lines: Line[];
  /** The lines' colours. */
  colors: string[];
  format: (value: number) => string;
  /** Called with the index of the interval under the pointer. */
  onHover: (index: number | null) => void;
}

/** Draws lines into an element. The element's text colour is that of the axes, and its border's that of the grid. */
export function plotLines(element: HTMLElement, { metrics, lines, colors, format, onHover }: Options): uPlot {
  const { color, borderTopColor, fontFamily } = getComputedStyle(element);
  const axis = {
    stroke: color,
    font: `12px ${fontFamily}`,
    grid: { stroke: borderTopColor, width: 1 },
    ticks: { stroke: borderTopColor, width: 1 },
  };
  const options: uPlot.Options = {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] } },
    axes: [
      {
        ...axis,
        size: 32,
        space: 70,
        values: (_, splits) => splits.map((seconds) => formatShortInterval(metrics.by, seconds * 1000)),
      },
      { ...axis, size: 60, values: (_, splits) => splits.map((value) => formatTick(value, splits, format)) },
    ],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), metrics.by === 'day' ? 'Etc/UTC' : localZone()),
    series: [
      {},
      ...lines.map(({ isLimit }, index) => ({
        stroke: colors[index] ?? color,
        width: isLimit ? 1.5 : 2,
        points: { show: metrics.points.length === 1 && !isLimit },
        ...(isLimit ? { dash: [6, 4] } : {}),
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onHover(cursor.idx ?? null)] },
  };
  const times = metrics.points.map(({ start }) => Date.parse(start) / 1000);
  return new uPlot(options, [times, ...lines.map(({ values }) => values)], element);
}

const localZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Formats a tick. Emails are whole numbers: ticks between them stay empty. */
const formatTick = (value: number, splits: number[], format: (value: number) => string) =>
  Math.max(...splits) >= 1 && !Number.isInteger(value) ? '' : format(value);
