const NUMBER = new Intl.NumberFormat();
const SIZE_UNITS = ['byte', 'kilobyte', 'megabyte'] as const;

/** Formats a number for the user's locale. */
export const formatNumber = (value: number) => NUMBER.format(value);

/** Formats a size in the largest unit that fits. */
export function formatSize(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), SIZE_UNITS.length - 1);
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: SIZE_UNITS[power] ?? 'byte',
    maximumFractionDigits: power,
  }).format(bytes / 1000 ** power);
}

/** The browser's time zone, such as `Europe/Berlin`. */
export const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
