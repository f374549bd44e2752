import type { AwsBinding } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { ActionButton } from '../components/action-button';
import { ConfirmDialog } from '../components/confirm-dialog';
import { ErrorNotice } from '../components/notice';
import { useToast } from '../components/toasts';
import { kraiter } from '../kraiter';
import { useSession } from '../session';
import type { Connection } from './use-connection';

interface Props {
  binding: AwsBinding;
  flow: Connection['flow'];
  state: 'connected' | 'needs_attention';
  children?: ComponentChildren;
}

/** Actions for a connection that has a role: verify and disconnect. */
export function ConnectionActions({ binding, flow, state, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const toast = useToast();
  const { noteError } = useSession();
  const [error, setError] = useState<unknown>();
  const handleError = (error: unknown) => {
    noteError(error);
    setError(error);
  };
  const resettingError = (run: () => Promise<void>) => async () => {
    setError(undefined);
    await run();
  };
  const verify = resettingError(async () => {
    if (state === 'needs_attention') {
      // The flow verifies the role itself, and reports the result as its next state.
      await flow.retryAndWait();
      return;
    }
    const outcome = await kraiter.awsBinding.verify();
    if (outcome.verified) toast('Verified just now. The role works and requires your external ID.');
    flow.retry();
  });
  const disconnect = resettingError(async () => {
    await kraiter.awsBinding.disconnect();
    dialog.current?.close();
    toast('Disconnected');
    flow.retry();
  });
  return (
    <div class="stack">
      <div class="actions">
        {children}
        <ActionButton
          class={state === 'connected' ? 'secondary' : ''}
          run={verify}
          busy="Verifying…"
          onError={handleError}
        >
          {state === 'connected' ? 'Verify now' : 'Verify again'}
        </ActionButton>
        <button type="button" class="quiet danger" onClick={() => dialog.current?.showModal()}>
          Disconnect…
        </button>
      </div>
      {error !== undefined && <ErrorNotice error={error} />}
      <ConfirmDialog
        dialog={dialog}
        id="disconnect-title"
        title={`Disconnect AWS account ${binding.awsAccountId}?`}
        confirm="Disconnect"
        busy="Disconnecting…"
        run={disconnect}
        error={error}
        onError={handleError}
      >
        <p>
          Kraiter stops sending through this account immediately.{' '}
          <strong>Queued and scheduled emails are cancelled.</strong> They aren’t sent if you connect again. Sent emails
          stay listed under Activity.
        </p>
        <p>The IAM role stays in your AWS account until you delete it or its stack there.</p>
      </ConfirmDialog>
    </div>
  );
}
