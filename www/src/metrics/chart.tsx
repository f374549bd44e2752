import type { EmailMetrics } from '@kraiter/sdk';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';

import { ScrollArea } from '../components/scroll-area';
import { type Definition, linesOf } from './definitions';
import { formatInterval } from './range';

/** A chart with its legend, and its numbers as a table. */
export function Chart({ of, metrics }: { of: Definition; metrics: EmailMetrics }) {
  const { id, title, format } = of;
  const lines = useMemo(() => linesOf(metrics, of), [metrics, of]);
  const container = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let plot: uPlot | undefined;
    let isObsolete = false;
    const draw = async () => {
      // The library is only loaded for this page.
      const { plotLines } = await import('./plot');
      if (isObsolete || !container.current || !legend.current) return;
      plot?.destroy();
      const swatches = [...legend.current.querySelectorAll('.swatch')];
      const colors = swatches.map((swatch) => getComputedStyle(swatch).color);
      plot = plotLines(container.current, { metrics, lines, colors, format, onHover: setHovered });
    };
    const redraw = () => void draw().catch(() => setFailed(true));
    redraw();
    const resize = new ResizeObserver(([entry]) => {
      if (plot && entry) plot.setSize({ width: entry.contentRect.width, height: plot.height });
    });
    if (container.current) resize.observe(container.current);
    const theme = matchMedia('(prefers-color-scheme: dark)');
    theme.addEventListener('change', redraw);
    return () => {
      isObsolete = true;
      theme.removeEventListener('change', redraw);
      resize.disconnect();
      plot?.destroy();
    };
  }, [metrics, lines, format]);
  const counted = lines.filter(({ isLimit }) => !isLimit);
  const point = hovered === null ? undefined : metrics.points[hovered];
  return (
    <figure class="chart" aria-labelledby={id}>
      <figcaption>
        <h3 id={id}>{title}</h3>
        <ul class="legend" ref={legend}>
          {lines.map(({ name, label, values, isLimit }) => (
            <li key={name}>
              <span class={`swatch ${name} ${isLimit ? 'limit' : ''}`} />
              {label}
              {hovered !== null && !isLimit && <strong> {format(values[hovered] ?? 0)}</strong>}
            </li>
          ))}
        </ul>
      </figcaption>
      {failed ? (
        <p class="muted">The chart could not be loaded. The table has the same numbers.</p>
      ) : (
        <div class="plot" ref={container} aria-hidden="true" />
      )}
      <p class="hovered muted" aria-hidden="true">
        {point ? formatInterval(metrics.by, point.start) : ' '}
      </p>
      <details>
        <summary>{title} as a table</summary>
        <ScrollArea label={`${title}, by ${metrics.by}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">{metrics.by === 'day' ? 'Day (UTC)' : 'Hour'}</th>
                {counted.map(({ name, label }) => (
                  <th key={name} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {metrics.points.map(({ start }, index) => (
                <tr key={start}>
                  <th scope="row">{formatInterval(metrics.by, start)}</th>
                  {counted.map(({ name, values }) => (
                    <td key={name}>{format(values[index] ?? 0)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      </details>
    </figure>
  );
}
