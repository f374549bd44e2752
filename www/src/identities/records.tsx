import type { DnsCheck, Identity, RecordCheck, RecordStatus } from '@kraiter/sdk';

import { Copy } from '../parts/copy';

const STATUS: Record<RecordStatus, [tone: string, word: string]> = {
  found: ['green', 'Found'],
  missing: ['red', 'Missing'],
  mismatch: ['red', 'Mismatch'],
  pending: ['amber', 'Pending'],
};

/** A record as it has to be published; where DNS was asked, with what is there. */
type Shown = Pick<RecordCheck, 'type' | 'name' | 'value'> & Partial<RecordCheck>;

/** The records of a domain as a table, to be copied one by one. */
export function Records({ identity, check }: { identity: Identity; check: DnsCheck | undefined }) {
  const records: Shown[] = check?.records ?? identity.dnsRecords;
  if (!records.length) return null;
  // The roles stand here because a narrow page lays the rows out as blocks, and browsers forget then that they are a table.
  return (
    <section class="scroll records" aria-label={`DNS records of ${identity.identity}`} tabIndex={0}>
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              {check ? 'Type, in DNS' : 'Type'}
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
                  <span class="inside">
                    in zone {check.zone}: <Value text={record.host} what={`name ${record.host}`} />
                  </span>
                )}
              </td>
              <td role="cell" data-label="Value">
                {record.value === null ? (
                  <span class="muted">The public half of your own key: Kraiter doesn’t have it.</span>
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
      <Copy text={text} what={what} />
    </span>
  );
}

function Status({ status }: { status: RecordStatus }) {
  const [tone, word] = STATUS[status];
  return <span class={`tag ${tone}`}>{word}</span>;
}
