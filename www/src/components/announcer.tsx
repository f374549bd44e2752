import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useState } from 'preact/hooks';

const Context = createContext<(text: string) => void>(() => undefined);

/** Provides the dashboard's one polite live region, which screen readers read out. */
export function AnnouncerProvider({ children }: { children: ComponentChildren }) {
  const [message, setMessage] = useState({ text: '', id: 0 });
  const announce = useCallback((text: string) => setMessage(({ id }) => ({ text, id: id + 1 })), []);
  return (
    <Context.Provider value={announce}>
      {children}
      {/* The key makes a new element each time, so that a repeated message is read out again. */}
      <div class="visually-hidden" role="status" aria-live="polite">
        <span key={message.id}>{message.text}</span>
      </div>
    </Context.Provider>
  );
}

/** Returns a function that announces a sentence to screen readers. */
export const useAnnouncer = () => useContext(Context);
