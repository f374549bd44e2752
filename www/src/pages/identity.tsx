import { isKraiterError } from '@kraiter/sdk';
import { useEffect, useRef } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import { useAnnouncer } from '../components/announcer';
import { CopyableValue } from '../components/copy-button';
import { Icon } from '../components/icon';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { Time } from '../components/time';
import { RegionName } from '../connection/region-select';
import { useConnection } from '../connection/use-connection';
import { useResource } from '../hooks/use-resource';
import { DeleteIdentity } from '../identities/delete';
import { Dns } from '../identities/dns';
import { Signing } from '../identities/signing';
import { ADDRESS_HINT, IdentityStatus } from '../identities/status';
import { pollDelay } from '../identities/use-identities';
import { kraiter } from '../kraiter';

/** A domain or email address. Refreshes until SES has finished verifying it. */
export function IdentityPage() {
  const id = useRoute().params.id ?? '';
  const { regions } = useConnection();
  const announce = useAnnouncer();
  const {
    data: identity,
    error,
    reload,
  } = useResource(
    `identity ${id}`,
    (signal) => kraiter.identities.get(id, { signal }),
    (identity) => {
      const delay = pollDelay(identity);
      return Number.isFinite(delay) ? delay : null;
    },
  );
  const wasVerified = useRef<boolean>(undefined);
  useEffect(() => {
    if (!identity) return;
    if (wasVerified.current === false && identity.verified) announce(`${identity.identity} is verified`);
    wasVerified.current = identity.verified;
  }, [identity, announce]);

  const back = (
    <p class="back">
      <a href="/identities">
        <Icon name="back" /> Identities
      </a>
    </p>
  );
  if (!identity) {
    const missing = isKraiterError(error) && error.status === 404;
    return (
      <>
        {back}
        <Page title="Identity">
          {error === undefined ? (
            <Loading what="Loading identity" lines={6} />
          ) : (
            <ErrorNotice error={error} {...(missing ? {} : { retry: reload })} />
          )}
        </Page>
      </>
    );
  }
  const domain = identity.type === 'domain';
  const isPending = identity.pollAfterSeconds !== null;
  return (
    <>
      {back}
      <Page
        title={identity.identity}
        lead={
          <>
            <IdentityStatus identity={identity} /> {domain ? 'Domain' : 'Email address'} in{' '}
            <RegionName regions={regions} region={identity.region} />
          </>
        }
      >
        {error !== undefined && <ErrorNotice error={error} title="Could not refresh the identity" retry={reload} />}
        {isPending && (
          <p class="waiting">
            <span class="pulse" aria-hidden="true" />
            {domain ? 'Waiting for SES to find the DNS records. This page updates automatically.' : ADDRESS_HINT}
          </p>
        )}
        {domain && <Dns key={identity.dnsRecords.map(({ name }) => name).join()} identity={identity} />}
        {identity.dkim && <Signing identity={identity} dkim={identity.dkim} onChange={reload} />}
        <section class="card" aria-labelledby="about-title">
          <h2 id="about-title">{domain ? 'Domain details' : 'Address details'}</h2>
          <dl class="facts inline">
            <div>
              <dt>Added</dt>
              <dd>
                <Time at={identity.createdAt} />
              </dd>
            </div>
            <div>
              <dt>ID</dt>
              <dd>
                <CopyableValue text={identity.id} what="ID" />
              </dd>
            </div>
          </dl>
          {identity.verified && (
            <div class="actions">
              <a class="button secondary" href="/send">
                Send a test email <Icon name="arrow" />
              </a>
            </div>
          )}
          <DeleteIdentity identity={identity} />
        </section>
      </Page>
    </>
  );
}
