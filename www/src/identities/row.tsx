import type { Identity } from '@kraiter/sdk';

import { Copy } from '../parts/copy';
import { Time } from '../parts/time';

/** SES's words for how far a verification is. */
function state(identity: Identity): { tone: string; word: string } {
  if (identity.verified) return { tone: 'green', word: 'Verified' };
  switch (identity.verificationStatus) {
    case 'failed':
      return { tone: 'red', word: 'Failed' };
    case 'temporary_failure':
      return { tone: 'red', word: 'Failing' };
    case 'not_started':
      return { tone: 'grey', word: 'Not started' };
    default:
      return { tone: 'amber', word: 'Pending' };
  }
}

const DKIM: Record<string, string> = {
  success: 'DKIM signs every email.',
  pending: 'AWS is looking for the records.',
  failed: 'AWS has not found the records in 72 hours. Publish them, then add the domain again.',
  temporary_failure: 'AWS can’t find the records any more. Publish them again, or mail stops being signed.',
  not_started: 'DKIM has not been started.',
};

/** One identity: its state, and what is still to be done for it. */
export function IdentityRow({ identity }: { identity: Identity }) {
  const { tone, word } = state(identity);
  const domain = identity.type === 'domain';
  const heading = (
    <>
      <span class="what">
        <span class="name">{identity.identity}</span>
        <span class="muted">{domain ? 'Domain' : 'Email address'}</span>
      </span>
      <span class={`tag ${tone}`}>{word}</span>
    </>
  );
  if (!domain) {
    return (
      <li>
        <div class="line">{heading}</div>
        {!identity.verified && <p class="hint">AWS has sent a mail to this address. Open the link in it within 24 hours; this page notices.</p>}
      </li>
    );
  }
  return (
    <li>
      <details open={!identity.verified}>
        <summary class="line">{heading}</summary>
        <p class="hint">
          {identity.verified ? '' : 'Publish these records at your DNS provider. '}
          {identity.dkimStatus ? DKIM[identity.dkimStatus] ?? `DKIM: ${identity.dkimStatus}.` : ''} Added <Time at={identity.createdAt} />.
        </p>
        {identity.dnsRecords.length > 0 && <Records identity={identity} />}
      </details>
    </li>
  );
}

function Records({ identity }: { identity: Identity }) {
  return (
    <div class="scroll" role="region" aria-label={`DNS records of ${identity.identity}`} tabIndex={0}>
      <table>
        <thead><tr><th scope="col">Type</th><th scope="col">Name</th><th scope="col">Value</th></tr></thead>
        <tbody>
          {identity.dnsRecords.map((record) => (
            <tr key={record.name}>
              <td>{record.type}</td>
              <td><span class="copyable"><code>{record.name}</code><Copy text={record.name} what={`name ${record.name}`} /></span></td>
              <td><span class="copyable"><code>{record.value}</code><Copy text={record.value} what={`value ${record.value}`} /></span></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
