import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Whether a page has been shown before: the first one doesn't take the focus from where the browser puts it. */
let moved = false;

/** A page with its heading. Who comes from another page hears the heading: it takes the focus. */
export function Page({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ComponentChildren;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Kraiter`;
  }, [title]);
  useEffect(() => {
    if (moved) heading.current?.focus();
    moved = true;
  }, []);
  return (
    <div class="page">
      <hgroup>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead && <p>{lead}</p>}
      </hgroup>
      {children}
    </div>
  );
}
