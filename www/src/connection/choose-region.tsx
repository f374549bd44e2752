import type { Region, RegionCode } from '@kraiter/sdk';
import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';

import { Field } from '../components/field';
import { HelpLink } from '../components/help-link';
import { DOCS } from '../docs';
import { text } from '../hooks/use-form';
import { areaOf, RegionSelect } from './region-select';
import { suggestedRegion } from './suggest-region';
import { type SetupMethod, useSetupMethod } from './use-setup-method';

/** The first step: the sending region and the setup method. */
export function ChooseRegion({ regions, start }: { regions: Region[]; start: (region: RegionCode) => void }) {
  const { setMethod } = useSetupMethod();
  const [error, setError] = useState<string>();
  const suggested = suggestedRegion(regions);
  const [starting, setStarting] = useState<SetupMethod>();

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const method: SetupMethod =
      event.submitter instanceof HTMLButtonElement && event.submitter.value === 'manual' ? 'manual' : 'stack';
    const chosen = regions.find(({ region }) => region === text(new FormData(form), 'region'));
    const problem = choiceProblem(chosen, method);
    setError(problem);
    if (problem !== undefined || !chosen) {
      form.querySelector('select')?.focus();
      return;
    }
    setStarting(method);
    setMethod(method, chosen.region);
    start(stackRegion(chosen, regions));
  };

  return (
    <div class="split">
      <div>
        <p>
          Kraiter sends email through Amazon SES in your own AWS account. You keep your reputation and your data, and
          pay AWS directly. A CloudFormation stack creates an IAM role that only Kraiter can assume. It can send email,
          read the SES account’s quotas, and manage SES identities and configuration sets. It has no access to any other
          AWS service.
        </p>
        <form onSubmit={submit} noValidate>
          <Field
            name="region"
            label="Sending region"
            error={error}
            hint={
              <>
                Choose a region close to your users{suggested && `: ${suggested.location} is near you`}. You can add
                more regions later. <HelpLink href={DOCS.regions}>How to choose a region</HelpLink>
              </>
            }
          >
            {(control) => (
              <RegionSelect
                {...control}
                regions={regions}
                value={suggested?.region}
                suggested={suggested}
                onChange={() => setError(undefined)}
              />
            )}
          </Field>
          <div class="actions">
            <button type="submit" name="by" value="stack" aria-busy={starting === 'stack'}>
              Connect AWS Account
            </button>
            <button type="submit" name="by" value="manual" class="secondary" aria-busy={starting === 'manual'}>
              Set up manually
            </button>
          </div>
        </form>
      </div>
      <aside aria-labelledby="stack-contents">
        <h3 id="stack-contents">What the stack creates</h3>
        <ul class="plain">
          <li>
            <strong>An IAM role</strong> that Kraiter assumes with an external ID unique to you
          </li>
          <li>
            <strong>An SES configuration set</strong> that tracks the delivery of each email
          </li>
          <li>
            <strong>An SNS topic</strong> for deliveries, bounces and complaints
          </li>
          <li>
            <strong>A webhook subscription</strong> that sends these events to Kraiter
          </li>
        </ul>
        <p class="fine">
          Takes about a minute. Nothing runs in your account, and deleting the stack removes everything.
        </p>
      </aside>
    </div>
  );
}

/** Returns what is wrong with a choice, if anything. */
function choiceProblem(chosen: Region | undefined, method: SetupMethod): string | undefined {
  if (!chosen) return 'Choose a sending region.';
  if (method === 'stack' && !chosen.supportsStack) {
    return `CloudFormation can’t create the stack in ${chosen.location} yet. Choose another region, or set up manually: a role that you create yourself can send from every region.`;
  }
  return undefined;
}

/**
 * Returns the region to create the stack link for. A manual setup in a region without stack support needs only the policies, so
 * the link goes to another region.
 */
function stackRegion(chosen: Region, regions: Region[]): RegionCode {
  if (chosen.supportsStack) return chosen.region;
  const others = regions.filter(({ supportsStack, optIn }) => supportsStack && !optIn);
  return (others.find((other) => areaOf(other) === areaOf(chosen)) ?? others[0] ?? chosen).region;
}
