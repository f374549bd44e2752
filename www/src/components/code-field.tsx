import { useLayoutEffect, useRef } from 'preact/hooks';

import type { ControlProps } from './field';

interface Props extends ControlProps {
  value: string;
  change(value: string): void;
  rows: number;
}

/** A code editor with line numbers, because template errors refer to lines. */
export function CodeField({ value, change, rows, ...control }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLPreElement>(null);
  const lines = value.split('\n').length;
  const syncScroll = () => {
    if (area.current && numbers.current) numbers.current.scrollTop = area.current.scrollTop;
  };
  useLayoutEffect(syncScroll, [lines]);
  return (
    <div class="code-field">
      <pre ref={numbers} aria-hidden="true">
        {Array.from({ length: lines }, (_, n) => n + 1).join('\n')}
      </pre>
      <textarea
        {...control}
        ref={area}
        rows={rows}
        value={value}
        wrap="off"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        onScroll={syncScroll}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </div>
  );
}
