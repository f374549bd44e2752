import type { AdviceAction, AdvicePurpose, DnsAdvice } from '@kraiter/sdk';

import { CopyableValue } from '../components/copy-button';

const PURPOSE: Record<AdvicePurpose, string> = { spf: 'SPF', dmarc: 'DMARC' };

const ACTION: Record<AdviceAction, [tone: string, label: string]> = {
  keep: ['green', 'OK'],
  publish: ['amber', 'Add'],
  change: ['amber', 'Change'],
  fix_manually: ['red', 'Fix'],
  wait: ['grey', 'Not visible yet'],
};

/** Advice on a record that SES doesn't require but receiving servers check. */
export function Advice({
  advice: { purpose, action, type, name, host, value, found, message },
}: {
  advice: DnsAdvice;
}) {
  const [tone, label] = ACTION[action];
  return (
    <section class="advice" aria-labelledby={`advice-${purpose}`}>
      <h3 id={`advice-${purpose}`}>
        {PURPOSE[purpose]} <span class={`tag ${tone}`}>{label}</span>
      </h3>
      <p>{message}</p>
      {(value !== null || found.length > 0) && (
        <dl class="facts">
          {value !== null && (
            <div>
              <dt>Name ({type})</dt>
              <dd>
                <CopyableValue text={host ?? name} what={`name of the ${PURPOSE[purpose]} record`} />
              </dd>
            </div>
          )}
          {found.length > 0 && (
            <div>
              <dt>Current value</dt>
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
              <dt>{action === 'change' ? 'New value' : 'Value'}</dt>
              <dd>
                <CopyableValue text={value} what={`value of the ${PURPOSE[purpose]} record`} />
              </dd>
            </div>
          )}
        </dl>
      )}
    </section>
  );
}
