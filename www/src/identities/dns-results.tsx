import type { DnsCheck, RecordCheck } from '@kraiter/sdk';

import { Notice } from '../components/notice';
import { Time } from '../components/time';
import { Advice } from './advice';

/** The results of a DNS check. */
export function DnsResults({ check, verified }: { check: DnsCheck; verified: boolean }) {
  return (
    <>
      {check.complete ? (
        <Notice tone="green" title="All DNS records required by SES are in place.">
          {!verified && <p>SES runs its own check, which can take longer. This page updates automatically.</p>}
        </Notice>
      ) : (
        groupByMessage(check.records).map(([first, ...more]) => (
          <Notice
            key={`${first.status} ${first.message}`}
            tone={first.status === 'pending' ? 'info' : 'amber'}
            title={first.message}
          >
            {first.help && <p>{first.help}</p>}
            <ul class="plain">
              {[first, ...more].map(({ name, found }) => (
                <li key={name}>
                  <code>{name}</code>
                  {found.length > 0 && (
                    <>
                      {' '}
                      currently contains{' '}
                      {found.map((text, n) => (
                        <>
                          <code>{text}</code>
                          {n + 1 < found.length && ', '}
                        </>
                      ))}
                    </>
                  )}
                </li>
              ))}
            </ul>
          </Notice>
        ))
      )}
      {check.advice.map((advice) => (
        <Advice key={advice.purpose} advice={advice} />
      ))}
      <p class="fine">
        Last checked: <Time at={check.checkedAt} relative />.
        {check.checkAgainAfterSeconds !== null && ' Kraiter checks again automatically.'}
      </p>
    </>
  );
}

/** Groups the records that need attention by their message. */
function groupByMessage(records: RecordCheck[]): [RecordCheck, ...RecordCheck[]][] {
  const groups = new Map<string, [RecordCheck, ...RecordCheck[]]>();
  for (const record of records) {
    if (record.status === 'found') continue;
    const key = `${record.status} ${record.message} ${record.help ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  return [...groups.values()];
}
