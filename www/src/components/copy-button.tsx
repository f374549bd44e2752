import { useEffect, useState } from 'preact/hooks';

import { useAnnouncer } from './announcer';
import { Icon } from './icon';

/** How long the result of copying is shown, in milliseconds. */
const RESULT_DURATION = 2_000;

/** A button that copies `text` to the clipboard. `what` names the text for screen readers. */
export function CopyButton({ text, what, label }: { text: string; what: string; label?: string }) {
  const announce = useAnnouncer();
  const [result, setResult] = useState<'copied' | 'failed'>();
  useEffect(() => {
    if (!result) return undefined;
    const timer = setTimeout(() => setResult(undefined), RESULT_DURATION);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setResult('copied');
      announce(`${what} copied`);
    } catch {
      setResult('failed');
      announce(`Could not copy ${what}: the browser blocked access to the clipboard`);
    }
  };
  const icon = result === 'copied' ? 'check' : result === 'failed' ? 'alert' : 'copy';
  const caption = result === 'copied' ? 'Copied' : result === 'failed' ? 'Copy failed' : label;
  return (
    <button
      type="button"
      class={`copy quiet ${label ? 'small' : 'bare'}`}
      aria-label={label ? undefined : `Copy ${what}`}
      title={`Copy ${what}`}
      onClick={() => void copy()}
    >
      <Icon name={icon} />
      {label && <span>{caption}</span>}
    </button>
  );
}

/** A value in monospace type with a copy button. */
export function CopyableValue({ text, what }: { text: string; what: string }) {
  return (
    <span class="copyable">
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}
