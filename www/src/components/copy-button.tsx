import { Icon } from './icon';
import { useToast } from './toasts';

/** A button that copies `text` to the clipboard. `what` names the text in the confirmation. */
export function CopyButton({ text, what, label }: { text: string; what: string; label?: string }) {
  const toast = useToast();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast(`Copied ${what}`);
    } catch {
      toast(`Could not copy ${what}: the browser blocked access to the clipboard`, { tone: 'red' });
    }
  };
  return (
    <button
      type="button"
      class={`copy quiet ${label ? 'small' : 'bare'}`}
      aria-label={label ? undefined : `Copy ${what}`}
      title={`Copy ${what}`}
      onClick={() => void copy()}
    >
      <Icon name="copy" />
      {label && <span>{label}</span>}
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
