import type { AdviceAction, AdvicePurpose, DnsAdvice } from '@kraiter/sdk';

import { Copyable } from '../parts/copy';

const PURPOSE: Record<AdvicePurpose, string> = { spf: 'SPF', dmarc: 'DMARC' };

const ACTION: Record<AdviceAction, [tone: string, word: string]> = {
  keep: ['green', 'Right as it is'],
  publish: ['amber', 'Add it'],
  change: ['amber', 'Change it'],
  fix_manually: ['red', 'Fix'],
  wait: ['grey', 'Not seen'],
};

/** What to do about a record that SES doesn't need but receivers look at. */
export function Advice({
  advice: { purpose, action, type, name, host, value, found, message },
}: {
  advice: DnsAdvice;
}) {
  const [tone, word] = ACTION[action];
  return (
    <section class="advice" aria-labelledby={`advice-${purpose}`}>
      <h3 id={`advice-${purpose}`}>
        {PURPOSE[purpose]} <span class={`tag ${tone}`}>{word}</span>
      </h3>
      <p>{message}</p>
      {(value !== null || found.length > 0) && (
        <dl class="facts">
          {value !== null && (
            <div>
              <dt>Name ({type})</dt>
              <dd>
                <Copyable text={host ?? name} what={`name of the ${PURPOSE[purpose]} record`} />
              </dd>
            </div>
          )}
          {found.length > 0 && (
            <div>
              <dt>There is</dt>
              <dd>
                {found.map((text) => (
                  <div key={text}>
                    <code>{text}</code>
                  </div>
                ))}
              </dd>
            </div>
          )}
          {value !== null && (
            <div>
              <dt>{action === 'change' ? 'Make it' : 'Value'}</dt>
              <dd>
                <Copyable text={value} what={`value of the ${PURPOSE[purpose]} record`} />
              </dd>
            </div>
          )}
        </dl>
      )}
    </section>
  );
}
