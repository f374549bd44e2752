import type { FlowState } from '@kraiter/sdk';

import { Notice } from '../parts/problem';
import { RoleFacts } from './facts';
import { Steps } from './steps';
import { useWay } from './use-way';

/** The third step: nothing to do but wait. */
export function Verifying({ state }: { state: Extract<FlowState, { step: 'verifying' }> }) {
  const { way } = useWay();
  return (
    <>
      <Steps now="verify" way={way} />
      <p class="waiting">
        <span class="pulse" aria-hidden="true" />
        Kraiter assumes the role with your external ID, and makes sure that it can’t be assumed without. AWS takes up to
        a minute to know a new role.
      </p>
      {state.reason && (
        <Notice tone="amber" title={state.reason.message}>
          <p>That is normal while AWS spreads the news of a new role. Kraiter tries again by itself.</p>
        </Notice>
      )}
      <RoleFacts binding={state.binding} />
    </>
  );
}
