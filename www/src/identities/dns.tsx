import type { DnsCheck, Identity } from '@kraiter/sdk';
import { useCallback, useEffect, useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { Action } from '../parts/action';
import { useAnnouncer } from '../parts/announcer';
import { ProblemNotice } from '../parts/problem';
import { useSession } from '../session';
import { Findings } from './findings';
import { Records } from './records';
import { domainHint } from './state';

/** The records of a domain: as they have to be, and, once it was asked, as DNS has them. */
export function Dns({ identity }: { identity: Identity }) {
  const announce = useAnnouncer();
  const { noteError } = useSession();
  const [check, setCheck] = useState<DnsCheck>();
  const [error, setError] = useState<unknown>();
  const failed = useCallback(
    (problem: unknown) => {
      noteError(problem);
      setError(problem);
    },
    [noteError],
  );
  const look = useCallback(async () => {
    setError(undefined);
    setCheck(await kraiter.identities.checkDns(identity.id));
  }, [identity.id]);
  const press = async () => {
    await look();
    announce('DNS is checked');
  };
  const save = async () => {
    setError(undefined);
    saveAs(`${identity.identity}.zone`, await kraiter.identities.zoneFile(identity.id));
  };

  // Who has asked once is told by itself when there is something new.
  useEffect(() => {
    if (!check || check.checkAgainAfterSeconds === null) return undefined;
    const timer = setTimeout(() => {
      if (!document.hidden) look().catch(failed);
    }, check.checkAgainAfterSeconds * 1_000);
    return () => clearTimeout(timer);
  }, [check, look, failed]);

  const unknown = identity.dkim?.origin === 'byodkim' && identity.dkim.publicKey === null;
  return (
    <section class="card" aria-labelledby="dns-title">
      <h2 id="dns-title">DNS records</h2>
      <p>
        {domainHint(identity)}
        {unknown && ' The record of your own key isn’t known to Kraiter: it was given to SES elsewhere.'}
      </p>
      <Records identity={identity} check={check} />
      <div class="actions">
        <Action class={identity.verified ? 'secondary' : ''} run={press} busy="Asking DNS…" onError={failed}>
          Check DNS
        </Action>
        <Action class="secondary" run={save} busy="Writing it…" onError={failed}>
          Download zone file
        </Action>
      </div>
      {error !== undefined && <ProblemNotice error={error} />}
      {check && <Findings check={check} verified={identity.verified} />}
    </section>
  );
}

/** Hands the browser a file to keep. */
function saveAs(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it a moment later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
