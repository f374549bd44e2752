import type { ComponentChildren } from 'preact';

import { EmailFrame } from './email-frame';
import type { Preview } from './use-preview';

/** A preview of the email. After an error, the last valid preview stays, marked as outdated. */
export function PreviewPane({ preview: { rendered, error }, empty }: { preview: Preview; empty: ComponentChildren }) {
  const stale = error !== undefined;
  if (!rendered)
    return (
      <div class="preview">
        <p class="placeholder muted">{stale ? 'Fix the error to see a preview.' : empty}</p>
      </div>
    );
  return (
    <div class={stale ? 'preview outdated' : 'preview'}>
      {stale && <p class="hint">Showing the last valid preview.</p>}
      <p class="subject">
        <span class="muted">Subject</span> <strong>{rendered.subject}</strong>
      </p>
      {rendered.html !== null && <EmailFrame html={rendered.html} title="HTML preview" remote />}
      <details open={rendered.html === null}>
        <summary>Plain text</summary>
        <pre role="group" tabIndex={0} aria-label="Plain text preview">
          <code>{rendered.text}</code>
        </pre>
      </details>
    </div>
  );
}
