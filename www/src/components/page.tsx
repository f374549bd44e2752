import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Whether a page has been shown before. The first page doesn't take the focus. */
let navigated = false;

/** A page with a heading, which takes the focus after a navigation so that screen readers read it out. */
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
    // The router scrolls to the top of a new page, and the Back button to where it was left.
    if (navigated) heading.current?.focus({ preventScroll: true });
    navigated = true;
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
