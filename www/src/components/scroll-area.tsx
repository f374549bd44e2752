import type { ComponentChildren } from 'preact';

/** A table that scrolls sideways on narrow screens, also by keyboard. */
export function ScrollArea({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <section class="scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
