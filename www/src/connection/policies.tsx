import type { ConnectDetails } from '@kraiter/sdk';

import { Copy, Copyable } from '../parts/copy';

/** A policy as AWS's consoles show it, to be copied. */
export function Policy({ name, document }: { name: string; document: unknown }) {
  const json = JSON.stringify(document, null, 2);
  return (
    <figure class="policy">
      <figcaption>
        {name}
        <Copy text={json} what={name.toLowerCase()} label="Copy" />
      </figcaption>
      <pre role="group" tabIndex={0} aria-label={name}>
        <code>{json}</code>
      </pre>
    </figure>
  );
}

/** What a role needs: whom it trusts, and what it allows. */
export function Policies({ details }: { details: ConnectDetails }) {
  return (
    <div class="policies">
      <Policy name="Trust policy" document={details.trustPolicy} />
      <Policy name="Permissions policy" document={details.permissionsPolicy} />
    </div>
  );
}

/** The two values that stand in the trust policy. */
export function TrustFacts({ details }: { details: ConnectDetails }) {
  return (
    <dl class="facts inline">
      <div>
        <dt>Kraiter’s AWS account</dt>
        <dd>
          <Copyable text={details.kraiterAccountId} what="account ID" />
        </dd>
      </div>
      <div>
        <dt>Your external ID</dt>
        <dd>
          <Copyable text={details.externalId} what="external ID" />
        </dd>
      </div>
    </dl>
  );
}
