import type { ComponentChildren } from 'preact';

import { NewTab } from './new-tab';

/** A link to a page of the documentation or of AWS, which opens in a new tab so that nothing typed here is lost. */
export function HelpLink({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <NewTab />
    </a>
  );
}
