import { useEffect } from 'preact/hooks';

import { Icon } from '../components/icon';
import { useToast } from '../components/toasts';
import { useConnection } from '../connection/use-connection';
import { useResource } from '../hooks/use-resource';
import { pollDelay } from '../identities/use-identities';
import { kraiter } from '../kraiter';
import { type ChecklistState, useChecklistState } from './checklist-state';
import { isUsable, type OnboardingStep, onboardingSteps } from './steps';

/** The way to a working integration, until it is finished or dismissed. */
export function OnboardingChecklist() {
  const [state, setState] = useChecklistState();
  return state === 'shown' ? <Checklist setState={setState} /> : null;
}

function Checklist({ setState }: { setState: (state: ChecklistState) => void }) {
  const toast = useToast();
  const { state, binding } = useConnection();
  const isConnected = isUsable(binding);
  const { data } = useResource(
    `onboarding ${isConnected}`,
    async (signal) => {
      const [identities, emails, webhooks] = await Promise.all([
        isConnected ? kraiter.identities.list({}, { signal }) : undefined,
        kraiter.emails.list({ limit: 1 }, { signal }),
        kraiter.webhooks.list({ signal }),
      ]);
      return {
        identities: identities?.data ?? [],
        hasEmails: emails.data.length > 0,
        hasWebhooks: webhooks.data.length > 0,
      };
    },
    ({ identities }) => Math.min(60_000, ...identities.map(pollDelay)),
  );
  const steps = data && state.step !== 'loading' ? onboardingSteps({ binding, ...data }) : undefined;
  const done = steps?.filter((step) => step.done).length;
  const isFinished = steps !== undefined && done === steps.length;
  useEffect(() => {
    if (isFinished) setState('finished');
  }, [isFinished, setState]);
  if (!steps || isFinished) return null;
  const next = steps.find((step) => !step.done);
  const dismiss = () => {
    setState('dismissed');
    toast('Checklist dismissed', {
      action: { label: 'Undo', busy: 'Undoing…', run: async () => setState('shown') },
    });
  };
  return (
    <section class="card onboarding" aria-labelledby="onboarding-title">
      <div class="heading">
        <div>
          <h2 id="onboarding-title">Get started</h2>
          <p class="muted" id="onboarding-progress">
            {done} of {steps.length} steps done
          </p>
        </div>
        <button type="button" class="quiet small" onClick={dismiss}>
          Dismiss
        </button>
      </div>
      <progress aria-labelledby="onboarding-progress" value={done} max={steps.length} />
      <ol class="checklist">
        {steps.map((step, n) => (
          <Step key={step.id} step={step} number={n + 1} isNext={step === next} />
        ))}
      </ol>
    </section>
  );
}

function Step({ step, number, isNext }: { step: OnboardingStep; number: number; isNext: boolean }) {
  const { title, text, action, href, done } = step;
  return (
    <li class={done ? 'done' : isNext ? 'now' : ''} aria-current={isNext ? 'step' : undefined}>
      <span class="mark" aria-hidden="true">
        {done ? <Icon name="check" /> : number}
      </span>
      <div>
        <p class="title">
          {isNext ? (
            title
          ) : (
            <a href={href} onClick={focusTarget}>
              {title}
            </a>
          )}
          {done && <span class="visually-hidden"> (done)</span>}
        </p>
        {!done && <p class="muted">{text}</p>}
      </div>
      {isNext && (
        <a class="button small" href={href} onClick={focusTarget}>
          {action}
        </a>
      )}
    </li>
  );
}

/** Focuses the control that a link within the page leads to. */
function focusTarget({ currentTarget }: { currentTarget: HTMLAnchorElement }) {
  const href = currentTarget.getAttribute('href') ?? '';
  if (href.startsWith('#')) document.getElementById(href.slice(1))?.focus();
}
