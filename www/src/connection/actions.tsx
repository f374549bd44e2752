import type { AwsBinding } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { Action } from '../parts/action';
import { useAnnouncer } from '../parts/announcer';
import { Notice, ProblemNotice } from '../parts/problem';
import { useSession } from '../session';
import type { Connection } from './use-connection';

interface Props {
  binding: AwsBinding;
  flow: Connection['flow'];
  /** Verifying is what there is to do. */
  primary?: boolean;
  children?: ComponentChildren;
}

/** What can be done with a connection that has a role: look again, and end it. */
export function ConnectionActions({ binding, flow, primary = false, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const announce = useAnnouncer();
  const { noteError } = useSession();
  const [outcome, setOutcome] = useState<{ error: unknown } | 'verified'>();
  const failed = (error: unknown) => {
    noteError(error);
    setOutcome({ error });
  };
  const verify = async () => {
    setOutcome(undefined);
    const { verified } = await kraiter.awsBinding.verify();
    if (verified) setOutcome('verified');
    announce(verified ? 'Verified: the role works' : 'Verified: the role does not work');
    flow.retry();
  };
  const disconnect = async () => {
    setOutcome(undefined);
    await kraiter.awsBinding.disconnect();
    dialog.current?.close();
    flow.retry();
  };
  return (
    <div class="stack">
      <div class="actions">
        {children}
        <Action class={primary ? '' : 'secondary'} run={verify} busy="Verifying…" onError={failed}>Verify now</Action>
        <button type="button" class="quiet danger" onClick={() => dialog.current?.showModal()}>Disconnect…</button>
      </div>
      {outcome === 'verified' && <Notice tone="green" title="Verified just now: the role works, and only with your external ID." />}
      {typeof outcome === 'object' && <ProblemNotice error={outcome.error} />}
      <dialog ref={dialog} aria-labelledby="disconnect-title">
        <article>
          <h2 id="disconnect-title">Disconnect AWS account {binding.awsAccountId}?</h2>
          <p>Kraiter stops sending through it at once. Emails and identities stay listed here.</p>
          <p>The stack stays in your AWS account until you delete it in the CloudFormation console.</p>
          {typeof outcome === 'object' && <ProblemNotice error={outcome.error} />}
          <footer>
            <button type="button" class="secondary" onClick={() => dialog.current?.close()}>Keep it</button>
            <Action class="danger-solid" run={disconnect} busy="Disconnecting…" onError={failed}>Disconnect</Action>
          </footer>
        </article>
      </dialog>
    </div>
  );
}
