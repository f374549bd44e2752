import type { AwsBinding, ConnectFlow, FlowState, Region } from '@kraiter/sdk';
import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useAnnouncer } from '../components/announcer';
import { kraiter } from '../kraiter';
import { useSession } from '../session';
import { bindingOf, connectionStatus } from './connection-status';

/** The controls of the running flow. */
export interface Flow extends Pick<ConnectFlow, 'start' | 'retry' | 'cancel'> {
  /** Retries, and resolves when the flow has a new state. */
  retryAndWait(): Promise<void>;
}

export interface Connection {
  state: FlowState;
  /** The last known connection, independent of the flow's current state. */
  binding: AwsBinding | undefined;
  /** The last known list of regions. */
  regions: Region[];
  flow: Flow;
}

const Context = createContext<Connection | null>(null);
const noop = () => undefined;
const IDLE: Flow = { start: noop, retry: noop, cancel: noop, retryAndWait: () => Promise.resolve() };

function pageFlow(flow: ConnectFlow): Flow {
  const { start, retry, cancel, subscribe } = flow;
  const retryAndWait = () =>
    new Promise<void>((resolve) => {
      const stop = subscribe(() => {
        stop();
        resolve();
      });
      retry();
    });
  return { start, retry, cancel, retryAndWait };
}

/** Runs the SDK's connection flow while an organisation is signed in, and provides its state to every page. */
export function ConnectionProvider({ children }: { children: ComponentChildren }) {
  const { noteError } = useSession();
  const announce = useAnnouncer();
  const [state, setState] = useState<FlowState>({ step: 'loading' });
  const [flow, setFlow] = useState(IDLE);
  const regions = useRef<Region[]>([]);
  const announced = useRef<string>(undefined);

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
    const { label, title } = connectionStatus(state);
    // The first state is part of the page. Announce only later changes.
    if (state.step !== 'loading') {
      if (announced.current !== undefined && announced.current !== label)
        announce(`AWS connection: ${label}. ${title}`);
      announced.current = label;
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
