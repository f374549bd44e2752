import type { FlowState } from '@kraiter/sdk';

import { Notice } from '../parts/problem';
import { Role } from './facts';

/** The third step: nothing to do but wait. */
export function Verifying({ state }: { state: Extract<FlowState, { step: 'verifying' }> }) {
  return (
    <>
      <p class="waiting"><span class="pulse" aria-hidden="true" />The role is assumed with your external ID, and must refuse to be assumed without it. AWS takes up to a minute to know a new role.</p>
      {state.reason && <Notice tone="amber" title={state.reason.message}><p>That is normal while AWS spreads the news of a new role. Kraiter tries again by itself.</p></Notice>}
      <dl class="facts inline"><Role binding={state.binding} /></dl>
    </>
  );
}
