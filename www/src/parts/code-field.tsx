import { useLayoutEffect, useRef } from 'preact/hooks';

import type { ControlProps } from './field';

interface Props extends ControlProps {
  value: string;
  change(value: string): void;
  rows: number;
}

/** A field for text in a language, with its lines numbered: errors name a line. */
export function CodeField({ value, change, rows, ...control }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLPreElement>(null);
  const lines = value.split('\n').length;
  const follow = () => {
    if (area.current && numbers.current) numbers.current.scrollTop = area.current.scrollTop;
  };
  useLayoutEffect(follow, [lines]);
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
        onScroll={follow}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </div>
  );
}
