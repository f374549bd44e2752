import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';

import { ActionButton } from './action-button';
import { useAnnouncer } from './announcer';
import { Icon } from './icon';

/** How long a toast is shown, in milliseconds, unless the pointer or the focus is on it. */
const DURATION = 6_000;
const DURATION_WITH_ACTION = 12_000;

/** The toasts that are shown at a time. */
const MAX_TOASTS = 3;

export interface ToastOptions {
  tone?: 'green' | 'red';
  /** Something to do about the message, such as undoing it. */
  action?: { label: string; busy: string; run: () => Promise<void> };
}

type ShowToast = (text: string, options?: ToastOptions) => void;

interface Toast extends ToastOptions {
  id: number;
  text: string;
}

const Context = createContext<ShowToast>(() => undefined);

/** Shows short messages about what was saved, copied or deleted, and announces them to screen readers. */
export function ToastProvider({ children }: { children: ComponentChildren }) {
  const announce = useAnnouncer();
  const [toasts, setToasts] = useState<Toast[]>([]);
  const nextId = useRef(0);
  const show = useCallback<ShowToast>(
    (text, options = {}) => {
      const id = nextId.current++;
      setToasts((toasts) => [...toasts, { ...options, id, text }].slice(-MAX_TOASTS));
      announce(options.action ? `${text}. ${options.action.label} is available under Notifications.` : text);
    },
    [announce],
  );
  const close = useCallback((id: number) => setToasts((toasts) => toasts.filter((toast) => toast.id !== id)), []);
  return (
    <Context.Provider value={show}>
      {children}
      {toasts.length > 0 && (
        <section class="toasts" aria-label="Notifications">
          {toasts.map((toast) => (
            <ToastView key={toast.id} toast={toast} close={close} />
          ))}
        </section>
      )}
    </Context.Provider>
  );
}

function ToastView({ toast, close }: { toast: Toast; close: (id: number) => void }) {
  const { id, text, tone = 'green', action } = toast;
  const show = useToast();
  const element = useRef<HTMLDivElement>(null);
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => close(id), action ? DURATION_WITH_ACTION : DURATION);
    return () => clearTimeout(timer);
  }, [held, id, action, close]);
  const dismiss = () => {
    // Otherwise, the focus would be lost with the button.
    if (element.current?.contains(document.activeElement)) document.getElementById('main')?.focus();
    close(id);
  };
  return (
    <div
      ref={element}
      class={`toast ${tone}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocusIn={() => setHeld(true)}
      onFocusOut={() => setHeld(false)}
    >
      <Icon name={tone === 'green' ? 'check' : 'alert'} />
      <p>{text}</p>
      {action && (
        <ActionButton
          class="quiet small"
          busy={action.busy}
          run={async () => {
            await action.run();
            dismiss();
          }}
          onError={(error) => show(error instanceof Error ? error.message : 'Something went wrong', { tone: 'red' })}
        >
          {action.label}
        </ActionButton>
      )}
      <button type="button" class="bare quiet" aria-label="Dismiss notification" onClick={dismiss}>
        <Icon name="close" />
      </button>
    </div>
  );
}

/** Returns a function that shows a toast. */
export const useToast = () => useContext(Context);
