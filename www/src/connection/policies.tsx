import type { ConnectDetails } from '@kraiter/sdk';

import { CopyableValue, CopyButton } from '../components/copy-button';

/** A policy document with a copy button. */
export function Policy({ name, document }: { name: string; document: unknown }) {
  const json = JSON.stringify(document, null, 2);
  return (
    <figure class="policy">
      <figcaption>
        {name}
        <CopyButton text={json} what={name.toLowerCase()} label="Copy" />
      </figcaption>
      <pre role="group" tabIndex={0} aria-label={name}>
        <code>{json}</code>
      </pre>
    </figure>
  );
}

/** The trust policy and the permissions policy of the role. */
export function Policies({ details }: { details: ConnectDetails }) {
  return (
    <div class="policies">
      <Policy name="Trust policy" document={details.trustPolicy} />
      <Policy name="Permissions policy" document={details.permissionsPolicy} />
    </div>
  );
}

/** The account and the external ID in the trust policy. */
export function TrustDetails({ details }: { details: ConnectDetails }) {
  return (
    <dl class="facts inline">
      <div>
        <dt>Kraiter’s AWS account</dt>
        <dd>
          <CopyableValue text={details.kraiterAccountId} what="account ID" />
        </dd>
      </div>
      <div>
        <dt>Your external ID</dt>
        <dd>
          <CopyableValue text={details.externalId} what="external ID" />
        </dd>
      </div>
    </dl>
  );
}
