import type { FlowState, Region } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';

import { Icon } from '../parts/icon';
import { NewTab } from '../parts/new-tab';
import { Notice } from '../parts/problem';
import { ManualSetUp } from './manual-set-up';
import { RegionName } from './region-select';
import { Steps } from './steps';
import type { Connection } from './use-connection';
import { useWay } from './use-way';

interface Props {
  state: Extract<FlowState, { step: 'open_link' }>;
  flow: Connection['flow'];
  regions: Region[];
}

/** The second step: the link to the AWS console, or the policies for a role made by hand. The flow is looking for the stack meanwhile. */
export function OpenLink({ state, flow, regions }: Props) {
  const { way, region, setWay } = useWay();
  const { details, binding } = state;
  const other = (
    <button type="button" class="quiet" onClick={flow.cancel}>
      Choose another region
    </button>
  );
  return (
    <>
      <Steps now="create" way={way} />
      {way === 'manual' ? (
        <ManualSetUp
          details={details}
          region={region ?? binding.stackRegion ?? ''}
          regions={regions}
          created={flow.retry}
        >
          <button type="button" class="secondary" onClick={() => setWay('stack')}>
            Use the stack instead
          </button>
          {other}
        </ManualSetUp>
      ) : (
        <Stack state={state} regions={regions}>
          <button type="button" class="secondary" onClick={() => setWay('manual')}>
            Set up manually
          </button>
          {other}
        </Stack>
      )}
    </>
  );
}

function Stack({
  state: { link, details, binding },
  regions,
  children,
}: Pick<Props, 'state' | 'regions'> & { children: ComponentChildren }) {
  return (
    <>
      {binding.reason && (
        <Notice tone="amber" title={binding.reason.message}>
          <p>{binding.reason.help}</p>
        </Notice>
      )}
      <div class="split">
        <div>
          <ol class="todo">
            <li>
              Open the AWS console by the button below, signed in to the account that shall send. Everything is filled
              in.
            </li>
            <li>
              Tick <strong>I acknowledge that AWS CloudFormation might create IAM resources</strong>.
            </li>
            <li>
              Press <strong>Create stack</strong>. It takes about a minute.
            </li>
          </ol>
          <div class="actions">
            <a class="button" href={link} target="_blank" rel="noopener noreferrer">
              Open the AWS console <Icon name="external" />
              <NewTab />
            </a>
            {children}
          </div>
          <p class="waiting">
            <span class="pulse" aria-hidden="true" />
            This page turns green by itself. You may close it: Kraiter notices all the same.
          </p>
        </div>
        <dl class="facts">
          {binding.stackRegion && (
            <div>
              <dt>Region</dt>
              <dd>
                <RegionName regions={regions} region={binding.stackRegion} />
              </dd>
            </div>
          )}
          <div>
            <dt>Stack</dt>
            <dd>
              <code>{details.stackName}</code>
            </dd>
          </div>
          <div>
            <dt>Kraiter’s AWS account</dt>
            <dd>
              <code>{details.kraiterAccountId}</code>
            </dd>
          </div>
          <div>
            <dt>Your external ID</dt>
            <dd>
              <code>{details.externalId}</code>
            </dd>
          </div>
        </dl>
      </div>
    </>
  );
}
