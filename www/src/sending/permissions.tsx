import type { AwsBinding, PermissionAudit, Verdict } from '@kraiter/sdk';
import { useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { Action } from '../parts/action';
import { useAnnouncer } from '../parts/announcer';
import { Notice, ProblemNotice } from '../parts/problem';
import { Time } from '../parts/time';
import { useSession } from '../session';

const VERDICTS: Record<Verdict, [tone: string, word: string]> = {
  allowed: ['green', 'Allowed'],
  missing: ['red', 'Missing'],
  unknown: ['grey', 'Not known'],
};

/** Which actions of the policy the role may do. */
export function Permissions({ binding }: { binding: AwsBinding }) {
  const { noteError } = useSession();
  const announce = useAnnouncer();
  const [audit, setAudit] = useState<PermissionAudit>();
  const [error, setError] = useState<unknown>();
  const missing = audit
    ? audit.permissions.filter(({ verdict }) => verdict === 'missing').map(({ action }) => action)
    : binding.missingPermissions;
  const run = async () => {
    setError(undefined);
    const found = await kraiter.awsBinding.audit();
    setAudit(found);
    announce(
      found.permissions.some(({ verdict }) => verdict === 'missing')
        ? 'The role lacks permissions'
        : 'The role lacks nothing',
    );
  };
  const failed = (problem: unknown) => {
    noteError(problem);
    setError(problem);
  };
  return (
    <section class="card" aria-labelledby="permissions-title">
      <div>
        <h2 id="permissions-title">What the role may do</h2>
        <p class="muted">Found out by calls that change nothing in your account.</p>
      </div>
      {missing.length > 0 && (
        <Notice tone="red" title="The role lacks permissions">
          <ul class="actions-list">
            {missing.map((action) => (
              <li key={action}>
                <code>{action}</code>
              </li>
            ))}
          </ul>
          <p>
            Attach the permissions policy that stands under <a href="/identities">Identities</a>, and see that no
            boundary or service control policy denies them.
          </p>
        </Notice>
      )}
      {audit && (
        <>
          <ul class="permissions">
            {audit.permissions.map(({ action, verdict }) => (
              <li key={action}>
                <code>{action}</code> <span class={`tag ${VERDICTS[verdict][0]}`}>{VERDICTS[verdict][1]}</span>
              </li>
            ))}
          </ul>
          <p class="fine">
            Found out <Time at={audit.checkedAt} relative />
          </p>
        </>
      )}
      {error !== undefined && <ProblemNotice error={error} />}
      <div class="actions">
        <Action class="secondary" run={run} busy="Asking AWS…" onError={failed}>
          {audit ? 'Check again' : 'Check the permissions'}
        </Action>
      </div>
    </section>
  );
}
