import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

/** A button that runs an API call. It keeps the focus and ignores further clicks while the call is in progress. */
export function ActionButton(props: {
  run: () => Promise<void>;
  /** Label while the call is in progress. */
  busy: string;
  onError?: (error: unknown) => void;
  class?: string;
  children: ComponentChildren;
}) {
  const [busy, setBusy] = useState(false);
  const click = async () => {
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
    <button type="button" class={props.class} aria-disabled={busy} aria-busy={busy} onClick={() => void click()}>
      {busy ? props.busy : props.children}
    </button>
  );
}
