import type { AwsBinding, Region } from '@kraiter/sdk';
import { useState } from 'preact/hooks';

import { ActionButton } from '../components/action-button';
import { Field } from '../components/field';
import { HelpLink } from '../components/help-link';
import { Icon } from '../components/icon';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { useToast } from '../components/toasts';
import { Plan } from '../connection/plan';
import { RequireConnection } from '../connection/require-connection';
import { useConnection } from '../connection/use-connection';
import { useQuery } from '../connection/use-query';
import { DOCS } from '../docs';
import { useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';
import { Checks } from '../production-access/checks';
import { dmarcRecord, type Facts } from '../production-access/draft';
import { AccessRequest } from '../production-access/request';
import { AccessStatus } from '../production-access/status';
import { useRequestDraft } from '../production-access/use-draft';
import { useSession } from '../session';

/** Helps to leave the SES sandbox in a region: AWS's decision, what it looks at, and a request drafted from it. */
export function ProductionAccessPage() {
  return (
    <Page
      title="Production access"
      lead={
        <>
          AWS puts new accounts into the SES sandbox, in each region. Request production access to send to anyone.{' '}
          <HelpLink href={DOCS.sandbox}>About the sandbox</HelpLink>
        </>
      }
    >
      <RequireConnection>{(binding) => <Connected binding={binding} />}</RequireConnection>
    </Page>
  );
}

function Connected({ binding }: { binding: AwsBinding }) {
  const { query, setQuery } = useQuery();
  const known = binding.regions.filter(({ productionAccess }) => productionAccess !== null);
  const region =
    known.find(({ region }) => region === query.region) ??
    known.find(({ region }) => region === binding.stackRegion) ??
    known[0];
  if (!region)
    return (
      <div class="empty">
        <Icon name="email" />
        <p class="title">Not known yet</p>
        <p>Kraiter hasn’t read your SES account yet. It does so when it verifies the connection.</p>
        <a class="button" href="/identities">
          Go to Identities
        </a>
      </div>
    );
  return (
    <div class="stack">
      {known.length > 1 && (
        <Field name="region" label="Region">
          {(control) => (
            <select {...control} onChange={(event) => setQuery({ region: event.currentTarget.value })}>
              {known.map(({ region: code, location }) => (
                <option key={code} value={code} selected={code === region.region}>
                  {location} · {code}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <InRegion key={region.region} region={region} />
    </div>
  );
}

function InRegion({ region }: { region: Region }) {
  const status = region.productionAccess?.status;
  return (
    <>
      <Status region={region} />
      {status !== 'granted' && status !== 'pending' && <Coach region={region} />}
    </>
  );
}

function Status({ region }: { region: Region }) {
  const { flow } = useConnection();
  const { noteError } = useSession();
  const toast = useToast();
  const [error, setError] = useState<unknown>();
  const check = async () => {
    setError(undefined);
    await kraiter.awsBinding.verify();
    await flow.retryAndWait();
    toast('Read from AWS just now');
  };
  return (
    <section class="card" aria-labelledby="access-title">
      <h2 id="access-title">
        {region.location} <code class="muted">{region.region}</code>
      </h2>
      <AccessStatus region={region} />
      {region.pricingPlan !== null && (
        <p class="muted">
          <Plan region={region} />
        </p>
      )}
      {error !== undefined && <ErrorNotice error={error} />}
      <div class="actions">
        <ActionButton
          class="secondary"
          run={check}
          busy="Checking…"
          onError={(error) => {
            noteError(error);
            setError(error);
          }}
        >
          Check again
        </ActionButton>
        <a class="button quiet" href={region.sesConsoleUrl} target="_blank" rel="noopener noreferrer">
          Open SES console <Icon name="external" />
        </a>
      </div>
    </section>
  );
}

/** The checks and the request, once the domains of the region are known. */
function Coach({ region }: { region: Region }) {
  const { data, error, reload } = useResource(`domains in ${region.region}`, async (signal) => {
    const { data } = await kraiter.identities.list({ region: region.region }, { signal });
    return data.filter(({ type }) => type === 'domain').sort((a, b) => Number(b.verified) - Number(a.verified));
  });
  const [chosen, setChosen] = useState<string>();
  if (!data)
    return error === undefined ? (
      <Loading what="Loading domains" lines={5} />
    ) : (
      <ErrorNotice error={error} title="Could not load domains" retry={reload} />
    );
  const domain = data.find(({ id }) => id === chosen) ?? data[0];
  return (
    <>
      {data.length > 1 && (
        <Field name="domain" label="Domain" hint="The one that most of your emails come from.">
          {(control) => (
            <select {...control} value={domain?.id} onChange={(event) => setChosen(event.currentTarget.value)}>
              {data.map(({ id, identity }) => (
                <option key={id} value={id}>
                  {identity}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <ForDomain region={region} id={domain?.id} />
    </>
  );
}

/** The checks and the request, once the domain and its DNS records are known. */
function ForDomain({ region, id }: { region: Region; id: string | undefined }) {
  const [draft, change] = useRequestDraft(region.region);
  const { data, error, reload } = useResource(`production access ${id}`, async (signal) => {
    if (id === undefined) return { domain: undefined, dmarc: null };
    const [domain, dns] = await Promise.all([
      kraiter.identities.get(id, { signal }),
      // Without DNS, the request can still be written.
      kraiter.identities.checkDns(id, { signal }).catch(() => undefined),
    ]);
    return { domain, dmarc: dns ? dmarcRecord(dns.advice) : null };
  });
  if (!data)
    return error === undefined ? (
      <Loading what="Checking what AWS looks at" lines={5} />
    ) : (
      <ErrorNotice error={error} title="Could not check the domain" retry={reload} />
    );
  const { domain, dmarc } = data;
  const facts: Facts = {
    domain: domain?.identity ?? '',
    region: region.region,
    isVerified: domain?.verified === true,
    hasDkim: domain?.verified === true && domain.dkimStatus === 'success',
    dmarcRecord: dmarc,
    hasEvents: region.events === 'active',
    suppressedReasons: region.suppressedReasons ?? [],
  };
  return (
    <>
      <section class="card" aria-labelledby="checks-title">
        <h2 id="checks-title">What AWS looks at</h2>
        <Checks facts={facts} answers={draft.answers} region={region} domainId={domain?.id} />
      </section>
      <AccessRequest region={region.region} facts={facts} draft={draft} change={change} />
    </>
  );
}
