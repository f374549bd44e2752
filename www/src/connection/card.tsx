import type { FlowState } from '@kraiter/sdk';
import { useState } from 'preact/hooks';

import { Loading } from '../parts/loading';
import { Notice, ProblemNotice } from '../parts/problem';
import { Attention } from './attention';
import { ChooseRegion } from './choose-region';
import { Connected } from './connected';
import { OpenLink } from './open-link';
import { Steps } from './steps';
import { summary } from './summary';
import { type Connection, useConnection } from './use-connection';
import { Verifying } from './verifying';

/** How the customer means to make the role: by the stack, or by hand. */
export type Way = 'stack' | 'manual';

/** The connection: its state, and what to do next. It renders the flow's state and decides nothing. */
export function ConnectionCard() {
  const connection = useConnection();
  const [way, setWay] = useState<Way>('stack');
  const { tone, word, title } = summary(connection.state);
  return (
    <section class={`card connection ${tone}`} aria-labelledby="connection-title" aria-busy={connection.state.step === 'loading'}>
      <header>
        <p class={`status ${tone}`}><span class={`dot ${tone}`} aria-hidden="true" />{word}</p>
        <h2 id="connection-title">{title}</h2>
      </header>
      <Body state={connection.state} connection={connection} way={way} setWay={setWay} />
    </section>
  );
}

interface BodyProps {
  state: FlowState;
  connection: Connection;
  way: Way;
  setWay: (way: Way) => void;
}

function Body({ state, connection, way, setWay }: BodyProps) {
  const { flow, regions } = connection;
  switch (state.step) {
    case 'loading':
      return <Loading what="Looking at the connection" lines={4} />;
    case 'offline':
      return (
        <>
          <Notice tone="amber" title="Kraiter can’t be reached">
            <p>{state.last ? 'This is how the connection was last seen. ' : ''}It is looked at again by itself as soon as the network is back.</p>
          </Notice>
          {state.last && state.last.step !== 'loading' && state.last.step !== 'offline' && (
            <div class="stale"><Body state={state.last} connection={connection} way={way} setWay={setWay} /></div>
          )}
        </>
      );
    case 'choose_region':
    case 'cancelled':
      return <ChooseRegion regions={regions} start={(region, chosen) => { setWay(chosen); flow.start(region); }} />;
    case 'open_link':
      return <><Steps now={way === 'manual' ? 'role' : 'stack'} way={way} /><OpenLink state={state} flow={flow} way={way} setWay={setWay} /></>;
    case 'verifying':
      return <><Steps now="verify" way={way} /><Verifying state={state} /></>;
    case 'connected':
      return <Connected binding={state.binding} flow={flow} />;
    case 'needs_attention':
      return <Attention binding={state.binding} reason={state.reason} flow={flow} />;
    case 'failed':
      return (
        <div class="stack">
          <ProblemNotice error={state.error} {...(state.canRetry ? { retry: flow.retry } : {})} />
          {regions.length > 0 && <ChooseRegion regions={regions} start={(region, chosen) => { setWay(chosen); flow.start(region); }} />}
        </div>
      );
  }
}
