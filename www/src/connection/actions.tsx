import type { AwsBinding } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { Action } from '../parts/action';
import { useAnnouncer } from '../parts/announcer';
import { Notice, ProblemNotice } from '../parts/problem';
import { Question } from '../parts/question';
import { useSession } from '../session';
import type { Connection } from './use-connection';

interface Props {
  binding: AwsBinding;
  flow: Connection['flow'];
  state: 'connected' | 'needs_attention';
  children?: ComponentChildren;
}

/** What can be done with a connection that has a role: look again, and end it. */
export function ConnectionActions({ binding, flow, state, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const announce = useAnnouncer();
  const { noteError } = useSession();
  const [verified, setVerified] = useState(false);
  const [error, setError] = useState<unknown>();
  const failed = (problem: unknown) => {
    noteError(problem);
    setError(problem);
  };
  const attempt = (act: () => Promise<void>) => async () => {
    setVerified(false);
    setError(undefined);
    await act();
  };
  const verify = attempt(async () => {
    if (state === 'needs_attention') {
      // The flow verifies by itself then, and what comes of it is its next state.
      await flow.retried();
      return;
    }
    const outcome = await kraiter.awsBinding.verify();
    setVerified(outcome.verified);
    announce(outcome.verified ? 'Verified: the role works' : 'The role does not work');
    flow.retry();
  });
  const disconnect = attempt(async () => {
    await kraiter.awsBinding.disconnect();
    dialog.current?.close();
    announce('Disconnected');
    flow.retry();
  });
  return (
    <div class="stack">
      <div class="actions">
        {children}
        <Action class={state === 'connected' ? 'secondary' : ''} run={verify} busy="Verifying…" onError={failed}>
          {state === 'connected' ? 'Verify now' : 'Verify again'}
        </Action>
        <button type="button" class="quiet danger" onClick={() => dialog.current?.showModal()}>
          Disconnect…
        </button>
      </div>
      {verified && <Notice tone="green" title="Verified just now: the role works, and only with your external ID." />}
      {error !== undefined && <ProblemNotice error={error} />}
      <Question
        dialog={dialog}
        id="disconnect-title"
        title={`Disconnect AWS account ${binding.awsAccountId}?`}
        action="Disconnect"
        busy="Disconnecting…"
        run={disconnect}
        error={error}
        onError={failed}
      >
        <p>Kraiter stops sending through it at once. What was sent stays listed under Activity.</p>
        <p>The role stays in your AWS account until you delete it there, or the stack that made it.</p>
      </Question>
    </div>
  );
}
