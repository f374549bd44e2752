const UNITS = ['byte', 'kilobyte', 'megabyte'] as const;

/** A size in the unit that fits it. */
export function size(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: UNITS[power] ?? 'byte',
    maximumFractionDigits: power,
  }).format(bytes / 1000 ** power);
}
