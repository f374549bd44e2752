import type { FlowState } from '@kraiter/sdk';

import { Loading } from '../components/loading';
import { ErrorNotice, Notice } from '../components/notice';
import { ChooseRegion } from './choose-region';
import { Connected } from './connected';
import { connectionStatus } from './connection-status';
import { NeedsAttention } from './needs-attention';
import { OpenLink } from './open-link';
import { type Connection, useConnection } from './use-connection';
import { useSetupMethod } from './use-setup-method';
import { Verifying } from './verifying';

/** The state of the AWS connection and the next step. It only renders the state of the SDK's flow. */
export function ConnectionCard() {
  const connection = useConnection();
  const { method } = useSetupMethod();
  const { tone, label, title } = connectionStatus(connection.state, method);
  return (
    <section
      class={`card connection ${tone}`}
      aria-labelledby="connection-title"
      aria-busy={connection.state.step === 'loading'}
    >
      <header>
        <p class="status">
          <span class="dot" aria-hidden="true" />
          {label}
        </p>
        <h2 id="connection-title" tabIndex={-1}>
          {title}
        </h2>
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
      return <Loading what="Checking the connection" lines={4} />;
    case 'offline':
      return (
        <>
          <Notice tone="amber" title="Can’t reach Kraiter">
            <p>
              {isShown(state.last) ? 'This is the last known state of the connection. ' : ''}We’ll check again when
              you’re back online.
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
      return <NeedsAttention binding={state.binding} reason={state.reason} flow={flow} />;
    case 'failed':
      return (
        <>
          <ErrorNotice error={state.error} {...(state.canRetry ? { retry: flow.retry } : {})} />
          {regions.length > 0 && <ChooseRegion regions={regions} start={flow.start} />}
        </>
      );
  }
}

/** Returns whether the state before the network failed is worth showing. */
const isShown = (last: FlowState | null): last is FlowState =>
  last !== null && last.step !== 'loading' && last.step !== 'offline';
