import type { FlowState } from '@kraiter/sdk';

import { Loading } from '../parts/loading';
import { Notice, ProblemNotice } from '../parts/problem';
import { Attention } from './attention';
import { ChooseRegion } from './choose-region';
import { Connected } from './connected';
import { OpenLink } from './open-link';
import { summary } from './summary';
import { type Connection, useConnection } from './use-connection';
import { useWay } from './use-way';
import { Verifying } from './verifying';

/** The connection: its state, and what to do next. It renders the flow's state and decides nothing. */
export function ConnectionCard() {
  const connection = useConnection();
  const { way } = useWay();
  const { tone, word, title } = summary(connection.state, way);
  return (
    <section
      class={`card connection ${tone}`}
      aria-labelledby="connection-title"
      aria-busy={connection.state.step === 'loading'}
    >
      <header>
        <p class="status">
          <span class="dot" aria-hidden="true" />
          {word}
        </p>
        <h2 id="connection-title">{title}</h2>
      </header>
      <div class="body">
        <Body state={connection.state} connection={connection} />
      </div>
    </section>
  );
}

function Body({ state, connection }: { state: FlowState; connection: Connection }) {
  const { flow, regions } = connection;
  switch (state.step) {
    case 'loading':
      return <Loading what="Looking at the connection" lines={4} />;
    case 'offline':
      return (
        <>
          <Notice tone="amber" title="Kraiter can’t be reached">
            <p>
              {isShown(state.last) ? 'This is how the connection was last seen. ' : ''}It is looked at again by itself
              as soon as the network is back.
            </p>
          </Notice>
          {isShown(state.last) && <Body state={state.last} connection={connection} />}
        </>
      );
    case 'choose_region':
    case 'cancelled':
      return <ChooseRegion regions={regions} start={flow.start} />;
    case 'open_link':
      return <OpenLink state={state} flow={flow} regions={regions} />;
    case 'verifying':
      return <Verifying state={state} />;
    case 'connected':
      return <Connected binding={state.binding} flow={flow} />;
    case 'needs_attention':
      return <Attention binding={state.binding} reason={state.reason} flow={flow} />;
    case 'failed':
      return (
        <>
          <ProblemNotice error={state.error} {...(state.canRetry ? { retry: flow.retry } : {})} />
          {regions.length > 0 && <ChooseRegion regions={regions} start={flow.start} />}
        </>
      );
  }
}

/** Whether what was seen before the network went is worth showing still. */
const isShown = (last: FlowState | null): last is FlowState =>
  last !== null && last.step !== 'loading' && last.step !== 'offline';
