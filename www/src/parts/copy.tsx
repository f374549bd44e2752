import { useEffect, useState } from 'preact/hooks';

import { useAnnouncer } from './announcer';
import { Icon } from './icon';

/** How long a button tells what came of pressing it, in milliseconds. */
const SHOWN = 2_000;

/** A button that copies `text`; `what` names it for those who hear the page. */
export function Copy({ text, what, label }: { text: string; what: string; label?: string }) {
  const announce = useAnnouncer();
  const [outcome, setOutcome] = useState<'copied' | 'refused'>();
  useEffect(() => {
    if (!outcome) return undefined;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
      announce(`${what} copied`);
    } catch {
      setOutcome('refused');
      announce(`${what} could not be copied: the browser refuses`);
    }
  };
  const icon = outcome === 'copied' ? 'check' : outcome === 'refused' ? 'alert' : 'copy';
  const word = outcome === 'copied' ? 'Copied' : outcome === 'refused' ? 'Refused' : label;
  return (
    <button
      type="button"
      class={`copy quiet ${label ? 'small' : 'bare'}`}
      aria-label={label ? undefined : `Copy ${what}`}
      title={`Copy ${what}`}
      onClick={() => void copy()}
    >
      <Icon name={icon} />
      {label && <span>{word}</span>}
    </button>
  );
}

/** A value in the fixed-width type, with its copy button. */
export function Copyable({ text, what }: { text: string; what: string }) {
  return (
    <span class="copyable">
      <code>{text}</code>
      <Copy text={text} what={what} />
    </span>
  );
}
