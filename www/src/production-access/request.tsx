import { CopyButton } from '../components/copy-button';
import { Field } from '../components/field';
import { HelpLink } from '../components/help-link';
import { Notice } from '../components/notice';
import { formatNumber } from '../format';
import { type MailType, putAccountDetails } from './command';
import { type Answers, draftUseCase, type Facts, MAX_USE_CASE, missingAnswers } from './draft';
import type { RequestDraft } from './use-draft';

const MAIL_TYPES: [type: MailType, label: string, example: string][] = [
  ['TRANSACTIONAL', 'Transactional', 'Receipts, sign-ups, password resets'],
  ['MARKETING', 'Marketing', 'Newsletters, offers, announcements'],
];

const MISSING = {
  website: 'the URL of your website',
  content: 'what you send',
  consent: 'how recipients agreed',
} as const;

/** The answers that AWS asks for, the text made of them, and the command that submits it. */
export function AccessRequest(props: {
  region: string;
  facts: Facts;
  draft: RequestDraft;
  change: (draft: RequestDraft) => void;
}) {
  const { region, facts, draft, change } = props;
  const { answers } = draft;
  const answer = (changed: Partial<Answers>) => change({ ...draft, answers: { ...answers, ...changed } });
  const useCase = draft.useCase ?? draftUseCase(facts, answers);
  const missing = missingAnswers(answers);
  const tooLong = useCase.length > MAX_USE_CASE;
  return (
    <>
      <section class="card" aria-labelledby="answers-title">
        <div>
          <h2 id="answers-title">Your emails</h2>
          <p class="muted">AWS declines requests that stay vague. Name real emails and real numbers.</p>
        </div>
        <div class="access-request">
          <fieldset class="choices">
            <legend>Most of your emails are</legend>
            <div>
              {MAIL_TYPES.map(([type, label, example]) => (
                <label key={type}>
                  <input
                    type="radio"
                    name="mailType"
                    checked={answers.mailType === type}
                    onChange={() => answer({ mailType: type })}
                  />
                  <span>
                    {label} <span class="muted">{example}</span>
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
          <Field name="website" label="Website" hint="AWS looks at it to understand what you send.">
            {(control) => (
              <input
                {...control}
                type="url"
                value={answers.website}
                placeholder="https://example.com"
                autocomplete="url"
                spellcheck={false}
                onInput={(event) => answer({ website: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field
            name="content"
            label="What do you send, who gets it, and how much?"
            hint="For example: order confirmations and shipping notices to customers of our shop, about 300 a day."
          >
            {(control) => (
              <textarea
                {...control}
                rows={3}
                value={answers.content}
                onInput={(event) => answer({ content: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field
            name="consent"
            label="How do recipients agree to get it?"
            hint="For example: customers enter their address when they order. We don’t buy or rent lists."
          >
            {(control) => (
              <textarea
                {...control}
                rows={3}
                value={answers.consent}
                onInput={(event) => answer({ consent: event.currentTarget.value })}
              />
            )}
          </Field>
          {answers.mailType === 'MARKETING' && (
            <label class="check">
              <input
                type="checkbox"
                checked={answers.hasUnsubscribe}
                onChange={(event) => answer({ hasUnsubscribe: event.currentTarget.checked })}
              />
              <span>
                We send every marketing email with <code>unsubscribe: true</code>, so that it has a one-click
                unsubscribe link.
              </span>
            </label>
          )}
        </div>
      </section>
      <section class="card" aria-labelledby="request-title">
        <div>
          <h2 id="request-title">Request</h2>
          <p class="muted">
            Drafted from your answers and the checks above. Read it, and change it until it is true and complete.
          </p>
        </div>
        <div class="access-request">
          <Field
            name="useCase"
            label="Use case description"
            error={tooLong ? `At most ${formatNumber(MAX_USE_CASE)} characters.` : undefined}
            hint={`${formatNumber(useCase.length)} of ${formatNumber(MAX_USE_CASE)} characters.`}
          >
            {(control) => (
              <textarea
                {...control}
                rows={12}
                value={useCase}
                onInput={(event) => change({ ...draft, useCase: event.currentTarget.value })}
              />
            )}
          </Field>
          {draft.useCase !== null && (
            <div class="actions">
              <button type="button" class="quiet small" onClick={() => change({ ...draft, useCase: null })}>
                Discard edits and draft again
              </button>
            </div>
          )}
        </div>
        {missing.length > 0 ? (
          <Notice tone="info" title={`Enter ${list(missing.map((name) => MISSING[name]))}.`}>
            <p>The command that submits the request then appears here.</p>
          </Notice>
        ) : (
          !tooLong && (
            <Command
              region={region}
              text={putAccountDetails(region, {
                mailType: answers.mailType,
                websiteUrl: answers.website.trim(),
                useCase,
              })}
            />
          )
        )}
      </section>
    </>
  );
}

function Command({ region, text }: { region: string; text: string }) {
  const cloudShell = `https://${region}.console.aws.amazon.com/cloudshell/home?${new URLSearchParams({ region })}`;
  return (
    <div class="command">
      <p>
        Run this in <HelpLink href={cloudShell}>AWS CloudShell</HelpLink>, or in a terminal with the AWS CLI and your
        account’s credentials. Kraiter’s role may not submit it for you.
      </p>
      <pre tabIndex={0} role="region" aria-label="Command">
        <code>{text}</code>
      </pre>
      <div class="actions">
        <CopyButton text={text} what="command" label="Copy command" />
      </div>
    </div>
  );
}

/** Joins texts: `a, b and c`. */
const list = (texts: string[]) => new Intl.ListFormat('en-GB').format(texts);
