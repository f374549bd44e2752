import type { ControlProps } from '../components/field';

/** Returns the non-empty lines of a text, trimmed. */
export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Parses lines of `name=value`. A line without `=` becomes a name with an empty value, which the API rejects. */
export const pairsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    linesOf(text).map((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );

interface Props extends ControlProps {
  value: string;
  change(value: string): void;
  placeholder?: string;
}

/** A field for several values, one per line. Grows with its content. */
export function Lines({ value, change, placeholder, ...control }: Props) {
  return (
    <textarea
      {...control}
      class="lines"
      rows={1}
      value={value}
      placeholder={placeholder}
      autocomplete="off"
      autocapitalize="none"
      spellcheck={false}
      onInput={(event) => change(event.currentTarget.value)}
    />
  );
}
