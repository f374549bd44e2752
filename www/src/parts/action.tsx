import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

/**
 * A button that does something of the API's: it stays in focus and refuses a second press while the first is under way.
 * `onError` takes what goes wrong.
 */
export function Action(props: {
  run: () => Promise<void>;
  busy: string;
  onError?: (error: unknown) => void;
  class?: string;
  children: ComponentChildren;
}) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (busy) return;
    setBusy(true);
    try {
      await props.run();
    } catch (error) {
      props.onError?.(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" class={props.class} aria-disabled={busy} aria-busy={busy} onClick={() => void press()}>
      {busy ? props.busy : props.children}
    </button>
  );
}
