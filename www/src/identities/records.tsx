import type { DnsCheck, Identity, RecordCheck, RecordStatus } from '@kraiter/sdk';

import { CopyButton } from '../components/copy-button';

const STATUS: Record<RecordStatus, [tone: string, label: string]> = {
  found: ['green', 'Found'],
  missing: ['red', 'Missing'],
  mismatch: ['red', 'Mismatch'],
  pending: ['amber', 'Pending'],
};

/** A record to publish and, after a DNS check, its current state. */
type DisplayedRecord = Pick<RecordCheck, 'type' | 'name' | 'value'> & Partial<RecordCheck>;

/** A table of a domain's DNS records with copy buttons. */
export function Records({ identity, check }: { identity: Identity; check: DnsCheck | undefined }) {
  const records: DisplayedRecord[] = check?.records ?? identity.dnsRecords;
  if (!records.length) return null;
  // Explicit roles, because browsers drop the table semantics of rows that a narrow page shows as blocks.
  return (
    <section class="scroll records" aria-label={`DNS records for ${identity.identity}`} tabIndex={0}>
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              {check ? 'Type & status' : 'Type'}
            </th>
            <th role="columnheader" scope="col">
              Name
            </th>
            <th role="columnheader" scope="col">
              Value
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {records.map((record) => (
            <tr key={record.name} role="row">
              <td role="cell">
                <span class="type">
                  {record.type}
                  {record.status && <Status status={record.status} />}
                </span>
              </td>
              <td role="cell" data-label="Name">
                <Value text={record.name} what={`name ${record.name}`} />
                {record.host && check?.zone && record.host !== record.name && (
                  <span class="in-zone">
                    In zone {check.zone}: <Value text={record.host} what={`name ${record.host}`} />
                  </span>
                )}
              </td>
              <td role="cell" data-label="Value">
                {record.value === null ? (
                  <span class="muted">Your own key’s public key, which Kraiter doesn’t have.</span>
                ) : (
                  <Value text={record.value} what={`value ${record.value}`} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Value({ text, what }: { text: string; what: string }) {
  return (
    <span class="copyable">
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}

function Status({ status }: { status: RecordStatus }) {
  const [tone, label] = STATUS[status];
  return <span class={`tag ${tone}`}>{label}</span>;
}
