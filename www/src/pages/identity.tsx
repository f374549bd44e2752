import { isKraiterError } from '@kraiter/sdk';
import { useEffect, useRef } from 'preact/hooks';
import { useRoute } from 'preact-iso';

import { RegionName } from '../connection/region-select';
import { useConnection } from '../connection/use-connection';
import { DeleteIdentity } from '../identities/delete';
import { Dns } from '../identities/dns';
import { Signing } from '../identities/signing';
import { ADDRESS_HINT, State } from '../identities/state';
import { pause } from '../identities/use-identities';
import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { Copyable } from '../parts/copy';
import { Icon } from '../parts/icon';
import { Loading } from '../parts/loading';
import { Page } from '../parts/page';
import { ProblemNotice } from '../parts/problem';
import { Time } from '../parts/time';
import { useResource } from '../parts/use-resource';

/** One identity. Until SES is done with it, it is looked at again as often as there can be something new. */
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
      const after = pause(identity);
      return Number.isFinite(after) ? after : null;
    },
  );
  const was = useRef<boolean>(undefined);
  useEffect(() => {
    if (!identity) return;
    if (was.current === false && identity.verified) announce(`${identity.identity} is verified`);
    was.current = identity.verified;
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
            <Loading what="Loading the identity" lines={6} />
          ) : (
            <ProblemNotice error={error} {...(missing ? {} : { retry: reload })} />
          )}
        </Page>
      </>
    );
  }
  const domain = identity.type === 'domain';
  const waits = identity.pollAfterSeconds !== null;
  return (
    <>
      {back}
      <Page
        title={identity.identity}
        lead={
          <>
            <State identity={identity} /> {domain ? 'Domain' : 'Email address'} in{' '}
            <RegionName regions={regions} region={identity.region} />
          </>
        }
      >
        {error !== undefined && (
          <ProblemNotice error={error} title="The identity can’t be loaded again" retry={reload} />
        )}
        {waits && (
          <p class="waiting">
            <span class="pulse" aria-hidden="true" />
            {domain
              ? 'SES looks for the records by itself; this page turns green when it has found them.'
              : ADDRESS_HINT}
          </p>
        )}
        {domain && <Dns key={identity.dnsRecords.map(({ name }) => name).join()} identity={identity} />}
        {identity.dkim && <Signing identity={identity} dkim={identity.dkim} changed={reload} />}
        <section class="card" aria-labelledby="about-title">
          <h2 id="about-title">{domain ? 'This domain' : 'This address'}</h2>
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
                <Copyable text={identity.id} what="ID" />
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
