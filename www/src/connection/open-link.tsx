import type { FlowState, Region } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';

import { Icon } from '../components/icon';
import { NewTab } from '../components/new-tab';
import { Notice } from '../components/notice';
import { ManualSetup } from './manual-setup';
import { RegionName } from './region-select';
import { ShareLink } from './share';
import { StackOverdue } from './stack-overdue';
import { Steps } from './steps';
import type { Connection } from './use-connection';
import { useSetupMethod } from './use-setup-method';

interface Props {
  state: Extract<FlowState, { step: 'open_link' }>;
  flow: Connection['flow'];
  regions: Region[];
}

/** The second step: create the stack or the role. Meanwhile, the flow polls for the stack. */
export function OpenLink({ state, flow, regions }: Props) {
  const { method, region, setMethod } = useSetupMethod();
  const { details, binding } = state;
  const chooseRegion = (
    <button type="button" class="quiet" onClick={flow.cancel}>
      Choose another region
    </button>
  );
  return (
    <>
      <Steps now="create" method={method} />
      {method === 'manual' ? (
        <ManualSetup
          details={details}
          region={region ?? binding.stackRegion ?? ''}
          regions={regions}
          created={flow.retry}
        >
          <button type="button" class="secondary" onClick={() => setMethod('stack')}>
            Use CloudFormation instead
          </button>
          {chooseRegion}
        </ManualSetup>
      ) : (
        <Stack state={state} regions={regions}>
          <button type="button" class="secondary" onClick={() => setMethod('manual')}>
            Set up manually
          </button>
          {chooseRegion}
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
          <ol class="instructions">
            <li>
              Sign in to the AWS account you want to send from, then open the AWS console below. All fields are filled
              in.
            </li>
            <li>
              Select <strong>I acknowledge that AWS CloudFormation might create IAM resources</strong>.
            </li>
            <li>
              Choose <strong>Create stack</strong>. It takes about a minute.
            </li>
          </ol>
          <div class="actions">
            <a class="button" href={link} target="_blank" rel="noopener noreferrer">
              Open AWS console <Icon name="external" />
              <NewTab />
            </a>
            {children}
          </div>
          <p class="waiting">
            <span class="pulse" aria-hidden="true" />
            This page updates automatically. You can close it and come back later.
          </p>
          <StackOverdue link={link} stackName={details.stackName} />
          <ShareLink details={details} />
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
            <dt>Stack name</dt>
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
