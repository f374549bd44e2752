import type { ComponentChildren } from 'preact';

import { MailFrame } from './mail-frame';
import type { Preview } from './use-preview';

/** What recipients will see. With an error, what was last made stays, and says so. */
export function PreviewPane({ preview: { made, error }, empty }: { preview: Preview; empty: ComponentChildren }) {
  const stale = error !== undefined;
  if (!made)
    return (
      <div class="preview">
        <p class="nothing muted">{stale ? 'There is nothing to show until the error is mended.' : empty}</p>
      </div>
    );
  return (
    <div class={stale ? 'preview outdated' : 'preview'}>
      {stale && <p class="hint">This is how it looked before the error.</p>}
      <p class="subject">
        <span class="muted">Subject</span> <strong>{made.subject}</strong>
      </p>
      {made.html !== null && <MailFrame html={made.html} title="The mail’s HTML" />}
      <details open={made.html === null}>
        <summary>As plain text</summary>
        <pre role="group" tabIndex={0} aria-label="The mail’s text">
          <code>{made.text}</code>
        </pre>
      </details>
    </div>
  );
}
