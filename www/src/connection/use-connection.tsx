import type { AwsBinding, ConnectFlow, FlowState, Region } from '@kraiter/sdk';
import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { useSession } from '../session';
import { bindingOf, summary } from './summary';

/** What a page asks of the running flow. */
export interface Flow extends Pick<ConnectFlow, 'start' | 'retry' | 'cancel'> {
  /** Does what `retry` does, and answers when the flow has a new state. */
  retried(): Promise<void>;
}

export interface Connection {
  state: FlowState;
  /** The connection as it was last known, whatever the flow is doing now. */
  binding: AwsBinding | undefined;
  /** The regions that can be chosen, as they were last known. */
  regions: Region[];
  flow: Flow;
}

const Context = createContext<Connection | null>(null);
const nothing = () => undefined;
const IDLE: Flow = { start: nothing, retry: nothing, cancel: nothing, retried: () => Promise.resolve() };

function pageFlow(flow: ConnectFlow): Flow {
  const { start, retry, cancel, subscribe } = flow;
  const retried = () =>
    new Promise<void>((resolve) => {
      const stop = subscribe(() => {
        stop();
        resolve();
      });
      retry();
    });
  return { start, retry, cancel, retried };
}

/** Runs the package's flow for as long as someone is signed in; every page renders what it says. */
export function ConnectionProvider({ children }: { children: ComponentChildren }) {
  const { noteError } = useSession();
  const announce = useAnnouncer();
  const [state, setState] = useState<FlowState>({ step: 'loading' });
  const [flow, setFlow] = useState(IDLE);
  const regions = useRef<Region[]>([]);
  const said = useRef<string>(undefined);

  useEffect(() => {
    const running = kraiter.awsBinding.flow();
    const listen = (next: FlowState) => {
      setState(next);
      if (next.step === 'failed') noteError(next.error);
    };
    listen(running.state);
    const stop = running.subscribe(listen);
    setFlow(pageFlow(running));
    return () => {
      stop();
      running.free();
    };
  }, [noteError]);

  useEffect(() => {
    const { word, title } = summary(state);
    // The first state is what the page opens with; only what changes later is said.
    if (state.step !== 'loading') {
      if (said.current !== undefined && said.current !== word) announce(`AWS connection: ${word}. ${title}`);
      said.current = word;
    }
  }, [state, announce]);

  const binding = bindingOf(state);
  if (binding) regions.current = binding.regions;
  else if (state.step === 'choose_region') regions.current = state.regions;

  const connection = useMemo(() => ({ state, binding, regions: regions.current, flow }), [state, binding, flow]);
  return <Context.Provider value={connection}>{children}</Context.Provider>;
}

export function useConnection(): Connection {
  const connection = useContext(Context);
  if (!connection) throw new Error('useConnection outside of ConnectionProvider');
  return connection;
}
