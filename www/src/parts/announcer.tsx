import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useState } from 'preact/hooks';

const Context = createContext<(text: string) => void>(() => undefined);

/** One polite live region for the whole dashboard: what a sighted person sees change is said here. */
export function AnnouncerProvider({ children }: { children: ComponentChildren }) {
  const [said, setSaid] = useState({ text: '', turn: 0 });
  const announce = useCallback((text: string) => setSaid(({ turn }) => ({ text, turn: turn + 1 })), []);
  return (
    <Context.Provider value={announce}>
      {children}
      {/* A new element each turn, so that the same words are said again. */}
      <div class="visually-hidden" role="status" aria-live="polite">
        <span key={said.turn}>{said.text}</span>
      </div>
    </Context.Provider>
  );
}

/** Says a sentence to screen readers. */
export const useAnnouncer = () => useContext(Context);
