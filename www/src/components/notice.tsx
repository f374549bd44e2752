import { isKraiterError } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';

import { Icon } from './icon';
import { NewTab } from './new-tab';

/** A message box. `tone` sets its colour; screen readers announce a red one immediately. */
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

/** The codes that support asks for. The error's code links to its explanation. */
export function ErrorCodes(props: {
  code: string;
  awsCode?: string | null | undefined;
  requestId?: string | null | undefined;
}) {
  const { code, awsCode, requestId } = props;
  return (
    <p class="fine">
      Error code:{' '}
      <a href={`/docs/errors#${code}`} target="_blank" rel="noreferrer">
        <code>{code}</code>
        <NewTab />
      </a>
      {awsCode && (
        <>
          {' '}
          · AWS error: <code>{awsCode}</code>
        </>
      )}
      {requestId && (
        <>
          {' '}
          · Request ID:{' '}
          <a href={`/logs/requests?id=${requestId}`}>
            <code>{requestId}</code>
          </a>
        </>
      )}
    </p>
  );
}

/** Shows an API error: its message, how to fix it, and the codes that support needs. */
export function ErrorNotice({ error, title, retry }: { error: unknown; title?: string; retry?: () => void }) {
  const apiError = isKraiterError(error) ? error : undefined;
  const message = apiError?.message ?? (error instanceof Error ? error.message : 'Something went wrong.');
  return (
    <Notice tone="red" title={title ?? message}>
      {title && <p>{message}</p>}
      {apiError?.help && <p>{apiError.help}</p>}
      {apiError && <ErrorCodes code={apiError.code} awsCode={apiError.awsCode} requestId={apiError.requestId} />}
      {retry && (
        <button type="button" class="secondary small" onClick={retry}>
          Try again
        </button>
      )}
    </Notice>
  );
}
