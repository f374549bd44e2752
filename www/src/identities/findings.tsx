import type { DnsCheck, RecordCheck } from '@kraiter/sdk';

import { Notice } from '../parts/problem';
import { Time } from '../parts/time';
import { Advice } from './advice';

/** What a look at DNS has shown, and what to do. */
export function Findings({ check, verified }: { check: DnsCheck; verified: boolean }) {
  return (
    <>
      {check.complete ? (
        <Notice tone="green" title="Every record that SES needs is there.">
          {!verified && <p>SES looks for itself, which can take a while longer. This page follows.</p>}
        </Notice>
      ) : (
        byRemark(check.records).map(([first, ...more]) => (
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
                      has{' '}
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
        DNS was asked <Time at={check.checkedAt} relative />.
        {check.checkAgainAfterSeconds !== null && ' It is asked again by itself as soon as there can be something new.'}
      </p>
    </>
  );
}

/** The records that aren't as they should be; those of which the same is said stand together. */
function byRemark(records: RecordCheck[]): [RecordCheck, ...RecordCheck[]][] {
  const groups = new Map<string, [RecordCheck, ...RecordCheck[]]>();
  for (const record of records) {
    if (record.status === 'found') continue;
    const remark = `${record.status} ${record.message} ${record.help ?? ''}`;
    const group = groups.get(remark);
    if (group) group.push(record);
    else groups.set(remark, [record]);
  }
  return [...groups.values()];
}
