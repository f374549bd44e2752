import type { FlowState } from '@kraiter/sdk';

import { Icon } from '../parts/icon';
import { Notice } from '../parts/problem';
import type { Way } from './card';
import { ManualSetUp } from './manual-set-up';
import { RegionName } from './region-select';
import { type Connection, useConnection } from './use-connection';

interface Props {
  state: Extract<FlowState, { step: 'open_link' }>;
  flow: Connection['flow'];
  way: Way;
  setWay: (way: Way) => void;
}

/** The second step: the link to the AWS console, or the policies for a role made by hand. The flow is looking for the stack meanwhile. */
export function OpenLink({ state, flow, way, setWay }: Props) {
  const { regions } = useConnection();
  const { link, details, binding } = state;
  const other = <button type="button" class="quiet" onClick={flow.cancel}>Choose another region</button>;
  if (way === 'manual') {
    return (
      <ManualSetUp details={details} region={binding.stackRegion ?? ''} regions={regions} created={flow.retry}>
        <button type="button" class="quiet" onClick={() => setWay('stack')}>Use the stack instead</button>
        {other}
      </ManualSetUp>
    );
  }
  return (
    <>
      {binding.reason && <Notice tone="amber" title={binding.reason.message}><p>{binding.reason.help}</p></Notice>}
      <div class="split">
        <div>
          <ol class="todo">
            <li>Open the AWS console by the button below. Everything is filled in.</li>
            <li>Tick <strong>I acknowledge that AWS CloudFormation might create IAM resources with custom names</strong>.</li>
            <li>Press <strong>Create stack</strong>. It takes about a minute.</li>
          </ol>
          <div class="actions">
            <a role="button" href={link} target="_blank" rel="noopener noreferrer">
              Open the AWS console <Icon name="external" /><span class="visually-hidden"> (opens a new tab)</span>
            </a>
            <button type="button" class="secondary" onClick={() => setWay('manual')}>Set up manually</button>
            {other}
          </div>
          <p class="waiting"><span class="pulse" aria-hidden="true" />This page turns green by itself. You may close it: Kraiter notices all the same.</p>
        </div>
        <dl class="facts">
          <div><dt>Stack</dt><dd><code>{details.stackName}</code></dd></div>
          {binding.stackRegion && <div><dt>Region</dt><dd><RegionName regions={regions} region={binding.stackRegion} /></dd></div>}
          <div><dt>Kraiter’s AWS account</dt><dd><code>{details.kraiterAccountId}</code></dd></div>
          <div><dt>Your external ID</dt><dd><code>{details.externalId}</code></dd></div>
        </dl>
      </div>
    </>
  );
}
