import { isKraiterError } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';

import { Icon } from './icon';

/** A box that says something. `tone` decides its colour; an alarm is said at once by screen readers. */
export function Notice({
  tone,
  title,
  children,
}: {
  tone: 'info' | 'amber' | 'red' | 'green';
  title?: string;
  children?: ComponentChildren;
}) {
  return (
    <div class={`notice ${tone}`} role={tone === 'red' ? 'alert' : undefined}>
      <Icon name={tone === 'green' ? 'check' : tone === 'info' ? 'info' : 'alert'} />
      <div>
        {title && <p class="title">{title}</p>}
        {children}
      </div>
    </div>
  );
}

/** An error, in the words of the API: what happened, how to mend it, and what support needs to find it. */
export function ProblemNotice({ error, title, retry }: { error: unknown; title?: string; retry?: () => void }) {
  const known = isKraiterError(error) ? error : undefined;
  const message = known?.message ?? (error instanceof Error ? error.message : 'Something went wrong.');
  return (
    <Notice tone="red" title={title ?? message}>
      {title && <p>{message}</p>}
      {known?.help && <p>{known.help}</p>}
      {known && (
        <p class="fine">
          <code>{known.code}</code>
          {known.awsCode && (
            <>
              {' '}
              · AWS <code>{known.awsCode}</code>
            </>
          )}
          {known.requestId && (
            <>
              {' '}
              · request <code>{known.requestId}</code>
            </>
          )}
        </p>
      )}
      {retry && (
        <button type="button" class="secondary small" onClick={retry}>
          Try again
        </button>
      )}
    </Notice>
  );
}
