import type { FlowState } from '@kraiter/sdk';

import { Notice } from '../components/notice';
import { RoleDetails } from './details';
import { Steps } from './steps';
import { useSetupMethod } from './use-setup-method';

/** The third step: Kraiter verifies the role. */
export function Verifying({ state }: { state: Extract<FlowState, { step: 'verifying' }> }) {
  const { method } = useSetupMethod();
  return (
    <>
      <Steps now="verify" method={method} />
      <p class="waiting">
        <span class="pulse" aria-hidden="true" />
        Kraiter is assuming the role with your external ID, and checking that it can’t be assumed without it or with
        another one. New IAM roles can take up to a minute to become available.
      </p>
      {state.reason && (
        <Notice tone="amber" title={state.reason.message}>
          <p>This is normal while a new IAM role becomes available. Kraiter retries automatically.</p>
        </Notice>
      )}
      <RoleDetails binding={state.binding} />
    </>
  );
}
