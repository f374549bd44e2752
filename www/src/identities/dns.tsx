import type { DnsCheck, Identity } from '@kraiter/sdk';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { ActionButton } from '../components/action-button';
import { useAnnouncer } from '../components/announcer';
import { ErrorNotice } from '../components/notice';
import { kraiter } from '../kraiter';
import { useSession } from '../session';
import { DnsResults } from './dns-results';
import { Records } from './records';
import { domainHint } from './status';

/** The DNS records of a domain and, after a check, their current state in DNS. */
export function Dns({ identity }: { identity: Identity }) {
  const announce = useAnnouncer();
  const { noteError } = useSession();
  const [check, setCheck] = useState<DnsCheck>();
  const [error, setError] = useState<unknown>();
  const handleError = useCallback(
    (error: unknown) => {
      noteError(error);
      setError(error);
    },
    [noteError],
  );
  const checkDns = useCallback(async () => {
    setError(undefined);
    setCheck(await kraiter.identities.checkDns(identity.id));
  }, [identity.id]);
  const checkNow = async () => {
    await checkDns();
    announce('DNS check finished');
  };
  const download = async () => {
    setError(undefined);
    saveAs(`${identity.identity}.zone`, await kraiter.identities.zoneFile(identity.id));
  };

  // After the first check, repeat it automatically while records are pending.
  useEffect(() => {
    if (!check || check.checkAgainAfterSeconds === null) return undefined;
    const timer = setTimeout(() => {
      if (!document.hidden) checkDns().catch(handleError);
    }, check.checkAgainAfterSeconds * 1_000);
    return () => clearTimeout(timer);
  }, [check, checkDns, handleError]);

  const hasUnknownKey = identity.dkim?.origin === 'byodkim' && identity.dkim.publicKey === null;
  return (
    <section class="card" aria-labelledby="dns-title">
      <h2 id="dns-title">DNS records</h2>
      <p>
        {domainHint(identity)}
        {hasUnknownKey && ' The record for your own key isn’t shown, because the key was added to SES outside Kraiter.'}
      </p>
      <Records identity={identity} check={check} />
      <div class="actions">
        <ActionButton
          class={identity.verified ? 'secondary' : ''}
          run={checkNow}
          busy="Checking DNS…"
          onError={handleError}
        >
          Check DNS
        </ActionButton>
        <ActionButton class="secondary" run={download} busy="Preparing…" onError={handleError}>
          Download zone file
        </ActionButton>
      </div>
      {error !== undefined && <ErrorNotice error={error} />}
      {check && <DnsResults check={check} verified={identity.verified} />}
    </section>
  );
}

/** Downloads a text file. */
function saveAs(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the URL asynchronously.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
