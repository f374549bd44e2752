import type { AwsBinding, PermissionAudit, Verdict } from '@kraiter/sdk';
import { useState } from 'preact/hooks';
import { ActionButton } from '../components/action-button';
import { useAnnouncer } from '../components/announcer';
import { ErrorNotice, Notice } from '../components/notice';
import { Time } from '../components/time';
import { kraiter } from '../kraiter';
import { useSession } from '../session';

const VERDICTS: Record<Verdict, [tone: string, label: string]> = {
  allowed: ['green', 'Allowed'],
  missing: ['red', 'Missing'],
  unknown: ['grey', 'Unknown'],
};

/** The permissions of the role, and a button that checks them. */
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
    const result = await kraiter.awsBinding.audit();
    setAudit(result);
    announce(
      result.permissions.some(({ verdict }) => verdict === 'missing')
        ? 'Permissions are missing'
        : 'The role has all permissions',
    );
  };
  const handleError = (error: unknown) => {
    noteError(error);
    setError(error);
  };
  return (
    <section class="card" aria-labelledby="permissions-title">
      <div>
        <h2 id="permissions-title">Role permissions</h2>
        <p class="muted">Checked with read-only and no-op calls.</p>
      </div>
      {missing.length > 0 && (
        <Notice tone="red" title="The role is missing permissions">
          <ul class="actions-list">
            {missing.map((action) => (
              <li key={action}>
                <code>{action}</code>
              </li>
            ))}
          </ul>
          <p>
            Attach the permissions policy shown under <a href="/identities">Identities</a>, and check that no
            permissions boundary or service control policy denies these actions.
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
            Last checked: <Time at={audit.checkedAt} relative />
          </p>
        </>
      )}
      {error !== undefined && <ErrorNotice error={error} />}
      <div class="actions">
        <ActionButton class="secondary" run={run} busy="Checking…" onError={handleError}>
          {audit ? 'Check again' : 'Check permissions'}
        </ActionButton>
      </div>
    </section>
  );
}
