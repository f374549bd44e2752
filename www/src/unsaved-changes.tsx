import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

interface UnsavedChanges {
  /** Sets how to discard the unsaved changes of the page, or null if there are none. */
  setDiscard(discard: (() => void) | null): void;
  /** Returns whether the page may be left. Asks if it has unsaved changes, which are then discarded. */
  confirmLeave(): Promise<boolean>;
}

/** Handles changes of the URL by the Back and Forward buttons while a page has unsaved changes. */
let interceptPopState: ((event: PopStateEvent) => void) | undefined;

// A window calls its listeners in the order of their registration. This module is loaded before the router registers its own.
window.addEventListener('popstate', (event) => interceptPopState?.(event));

const Context = createContext<UnsavedChanges | null>(null);

/** Asks before a link, the Back button or a caller of `confirmLeave` leaves a page with unsaved changes. */
export function UnsavedChangesProvider({ children }: { children: ComponentChildren }) {
  const { route } = useLocation();
  const dialog = useRef<HTMLDialogElement>(null);
  const [unsaved, setUnsaved] = useState(false);
  const discard = useRef<(() => void) | null>(null);
  const answer = useRef<(leave: boolean) => void>(undefined);

  const setDiscard = useCallback((next: (() => void) | null) => {
    discard.current = next;
    setUnsaved(next !== null);
  }, []);
  const confirmLeave = useCallback(async () => {
    if (!discard.current) return true;
    answer.current?.(false);
    dialog.current?.showModal();
    const leave = await new Promise<boolean>((resolve) => {
      answer.current = resolve;
    });
    if (leave) {
      discard.current?.();
      setDiscard(null);
    }
    return leave;
  }, [setDiscard]);
  const close = (leave: boolean) => {
    answer.current?.(leave);
    answer.current = undefined;
    dialog.current?.close();
  };

  // An effect that runs after painting could miss a click that follows the change at once.
  useLayoutEffect(() => {
    if (!unsaved) return undefined;
    const url = location.pathname + location.search;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onClick = (event: MouseEvent) => {
      const href = internalLink(event);
      if (href === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      void confirmLeave().then((leave) => leave && route(href));
    };
    interceptPopState = (event) => {
      if (!discard.current || location.pathname + location.search === url) return;
      event.stopImmediatePropagation();
      // The browser has changed the URL already, so restore it until the question is answered.
      history.pushState(null, '', url);
      void confirmLeave().then((leave) => leave && history.back());
    };
    window.addEventListener('beforeunload', onUnload);
    // In the capture phase, before the router.
    window.addEventListener('click', onClick, true);
    return () => {
      window.removeEventListener('beforeunload', onUnload);
      window.removeEventListener('click', onClick, true);
      interceptPopState = undefined;
    };
  }, [unsaved, confirmLeave, route]);

  const value = useMemo(() => ({ setDiscard, confirmLeave }), [setDiscard, confirmLeave]);
  return (
    <Context.Provider value={value}>
      {children}
      <dialog
        ref={dialog}
        aria-labelledby="unsaved-title"
        // The event comes a frame later, when the dialog may have been opened again.
        onClose={(event) => event.currentTarget.open || close(false)}
      >
        <article>
          <h2 id="unsaved-title">Leave without saving?</h2>
          <p>This page has unsaved changes. If you leave, they are lost.</p>
          <footer>
            <button type="button" class="secondary" onClick={() => close(false)}>
              Keep editing
            </button>
            <button type="button" class="danger-solid" onClick={() => close(true)}>
              Discard changes
            </button>
          </footer>
        </article>
      </dialog>
    </Context.Provider>
  );
}

/** Returns the URL of a link that the router would open in this tab, if the click is on one. */
function internalLink(event: MouseEvent): string | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.button !== 0) return undefined;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const opensHere = link && link.origin === location.origin && /^(_?self)?$/i.test(link.target) && !link.download;
  return opensHere && !link.getAttribute('href')?.startsWith('#') ? link.pathname + link.search : undefined;
}

export function useUnsavedChanges(): UnsavedChanges {
  const context = useContext(Context);
  if (!context) throw new Error('useUnsavedChanges outside of UnsavedChangesProvider');
  return context;
}
