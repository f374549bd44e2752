import { useEffect, useState } from 'preact/hooks';

import { useAnnouncer } from './announcer';
import { Icon } from './icon';

/** A button that copies `text`; `what` names it for those who hear the page. */
export function Copy({ text, what, label }: { text: string; what: string; label?: string }) {
  const announce = useAnnouncer();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce(`${what} copied`);
    } catch {
      announce(`${what} could not be copied: the browser refuses`);
    }
  };
  return (
    <button type="button" class={`copy quiet ${label ? 'small' : 'bare'}`} aria-label={label ? undefined : `Copy ${what}`} title={`Copy ${what}`} onClick={() => void copy()}>
      <Icon name={copied ? 'check' : 'copy'} />{label && <span>{copied ? 'Copied' : label}</span>}
    </button>
  );
}

/** A value in the fixed-width type, with its copy button. */
export function Copyable({ text, what }: { text: string; what: string }) {
  return <span class="copyable"><code>{text}</code><Copy text={text} what={what} /></span>;
}
