import { useEffect, useState } from 'preact/hooks';

const LOCALE = navigator.language;
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const WITH_ZONE = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const NUMBER = new Intl.NumberFormat();

/** A number in the reader's language. */
export const number = (value: number) => NUMBER.format(value);

/** How long ago, in the largest unit that fits. */
export function ago(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ];
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.round(seconds / size), unit);
  }
  return RELATIVE.format(Math.abs(seconds) < 5 ? 0 : seconds, 'second');
}

/** A moment in the reader's zone and language: as an exact time, or as the time that has passed since. */
export function Time({ at, relative = false }: { at: string; relative?: boolean }) {
  const date = new Date(at);
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!relative) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, [relative]);
  return (
    <time dateTime={at} lang={LOCALE} title={WITH_ZONE.format(date)}>
      {relative ? ago(date.getTime(), Math.max(now, Date.now())) : EXACT.format(date)}
    </time>
  );
}
