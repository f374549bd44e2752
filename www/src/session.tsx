import { isKraiterError, type KraiterError } from '@kraiter/sdk';
import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useEffect, useMemo, useState } from 'preact/hooks';

import { kraiter } from './kraiter';

/** The organisation that is signed in. */
export interface Organisation {
  id: string;
  name: string;
}

type State =
  | { state: 'loading' | 'signed_out' | 'expired'; organisation?: undefined; error?: undefined }
  | { state: 'failed'; error: unknown; organisation?: undefined }
  | { state: 'signed_in'; organisation: Organisation; error?: undefined };

export type Session = State & {
  signIn(apiKey: string): Promise<void>;
  signOut(): Promise<void>;
  /** Checks again whether there is a session. */
  reload(): void;
  /** Opens the sign-in page if an error means that the session has expired. */
  noteError(error: unknown): void;
};

const Context = createContext<Session | null>(null);

/** Returns whether an API error means that there is no valid session. */
export const isUnauthorized = (error: unknown): error is KraiterError => isKraiterError(error) && error.status === 401;

export function SessionProvider({ children }: { children: ComponentChildren }) {
  const [state, setState] = useState<State>({ state: 'loading' });

  const reload = useCallback(() => {
    setState({ state: 'loading' });
    kraiter.session.get().then(
      ({ organisation }) => setState({ state: 'signed_in', organisation }),
      (error: unknown) => setState(isUnauthorized(error) ? { state: 'signed_out' } : { state: 'failed', error }),
    );
  }, []);
  useEffect(reload, [reload]);
  useEffect(() => {
    if (state.state !== 'failed') return undefined;
    window.addEventListener('online', reload);
    return () => window.removeEventListener('online', reload);
  }, [state.state, reload]);

  const signIn = useCallback(async (apiKey: string) => {
    const { organisation } = await kraiter.session.create(apiKey);
    setState({ state: 'signed_in', organisation });
  }, []);

  const signOut = useCallback(async () => {
    try {
      await kraiter.session.end();
    } catch (error) {
      // An expired session is already signed out.
      if (!isUnauthorized(error)) throw error;
    }
    // Drafts aren't for the next user of this tab.
    sessionStorage.clear();
    setState({ state: 'signed_out' });
  }, []);

  const noteError = useCallback((error: unknown) => {
    if (isUnauthorized(error)) setState((now) => (now.state === 'signed_in' ? { state: 'expired' } : now));
  }, []);

  const session = useMemo(
    () => ({ ...state, signIn, signOut, reload, noteError }),
    [state, signIn, signOut, reload, noteError],
  );
  return <Context.Provider value={session}>{children}</Context.Provider>;
}

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error('useSession outside of SessionProvider');
  return session;
}
