import { useEffect, useState } from 'preact/hooks';

const LOCALE = navigator.language;
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const WITH_ZONE = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** Formats the time between `now` and `at` in the largest unit that fits: `3 minutes ago`, `in 2 hours`. */
export function formatRelative(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ];
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.round(seconds / size), unit);
  }
  if (Math.abs(seconds) >= 5) return RELATIVE.format(seconds, 'second');
  // English locales format 0 seconds as "now".
  return LOCALE.startsWith('en') ? 'just now' : RELATIVE.format(0, 'second');
}

/** A time in the user's time zone and locale, exact or relative to now. */
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
      {relative ? formatRelative(date.getTime(), Math.max(now, Date.now())) : EXACT.format(date)}
    </time>
  );
}
