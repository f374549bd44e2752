import type { Region } from '@kraiter/sdk';
import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';

import { Field } from '../parts/field';
import { text } from '../parts/use-form';
import { areaOf, RegionSelect } from './region-select';
import { useWay, type Way } from './use-way';

/** The first step: where to send from, and by stack or by hand. */
export function ChooseRegion({ regions, start }: { regions: Region[]; start: (region: string) => void }) {
  const { setWay } = useWay();
  const [error, setError] = useState<string>();
  const [starting, setStarting] = useState<Way>();

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const way: Way =
      event.submitter instanceof HTMLButtonElement && event.submitter.value === 'manual' ? 'manual' : 'stack';
    const chosen = regions.find(({ region }) => region === text(new FormData(form), 'region'));
    const wrong = problem(chosen, way);
    setError(wrong);
    if (wrong !== undefined || !chosen) {
      form.querySelector('select')?.focus();
      return;
    }
    setStarting(way);
    setWay(way, chosen.region);
    start(linkRegion(chosen, regions));
  };

  return (
    <div class="split">
      <div>
        <p>
          Kraiter sends through Amazon SES in your own AWS account: you keep your reputation and your data, and pay AWS
          directly. One CloudFormation stack makes a role that only Kraiter can use, and only to send.
        </p>
        <form onSubmit={submit} noValidate>
          <Field
            name="region"
            label="Region to send from"
            error={error}
            hint="Choose one close to your users. Identities can be added in other regions later."
          >
            {(control) => <RegionSelect {...control} regions={regions} onChange={() => setError(undefined)} />}
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
            <strong>An IAM role</strong> that Kraiter assumes with an external ID made for you alone
          </li>
          <li>
            <strong>An SES configuration set</strong> to track what becomes of each email
          </li>
          <li>
            <strong>An SNS topic</strong> for bounces, complaints and deliveries
          </li>
          <li>
            <strong>A webhook subscription</strong> that brings those events here
          </li>
        </ul>
        <p class="fine">
          It takes about a minute. Nothing runs in your account, and deleting the stack takes it all away.
        </p>
      </aside>
    </div>
  );
}

/** What is wrong with a choice, if anything is. */
function problem(chosen: Region | undefined, way: Way): string | undefined {
  if (!chosen) return 'Choose the region to send from.';
  if (way === 'stack' && !chosen.supportsStack) {
    return `CloudFormation can’t make the stack in ${chosen.location} yet. Choose another region, or set up manually: a role made by hand sends from there too.`;
  }
  return undefined;
}

/** The link is made for a region that takes the stack; who makes the role by hand in another one needs only the policies beside it. */
function linkRegion(chosen: Region, regions: Region[]): string {
  if (chosen.supportsStack) return chosen.region;
  const others = regions.filter(({ supportsStack, optIn }) => supportsStack && !optIn);
  return (others.find((other) => areaOf(other) === areaOf(chosen)) ?? others[0] ?? chosen).region;
}
