import type { DkimChoice } from '@kraiter/sdk';
import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { Field } from '../parts/field';
import { type Form, text } from '../parts/use-form';

type Choice = 'long' | 'short' | 'own';

const CHOICES: [choice: Choice, name: string, what: string][] = [
  ['long', 'Made by SES, 2048 bits', 'SES renews it by itself. The right choice for nearly everyone.'],
  ['short', 'Made by SES, 1024 bits', 'For DNS hosts that can’t publish a longer one.'],
  ['own', 'A key of your own', 'You keep the private key safe and change it yourself.'],
];

export interface Key {
  choice: Choice;
  choose: (choice: Choice) => void;
  area: RefObject<HTMLTextAreaElement | null>;
  /** The choice as a form has it. A private key is taken out of the page by this: it isn't kept once it is on its way. */
  take(form: FormData, prefix?: string): DkimChoice;
}

/** Which key signs a domain's mail. */
export function useKey(): Key {
  const [choice, choose] = useState<Choice>('long');
  const area = useRef<HTMLTextAreaElement>(null);
  const take = (form: FormData, prefix = ''): DkimChoice => {
    if (choice !== 'own') return { keyLength: choice === 'long' ? 2048 : 1024 };
    const privateKey = text(form, `${prefix}privateKey`);
    if (area.current) area.current.value = '';
    return { selector: text(form, `${prefix}selector`), privateKey };
  };
  return { choice, choose, area, take };
}

/** The controls of that choice; `prefix` stands before the names of the fields, as it does in the API's errors. */
export function KeyFields({
  value: { choice, choose, area },
  form,
  prefix = '',
}: {
  value: Key;
  form: Form;
  prefix?: string;
}) {
  return (
    <div class="key">
      <fieldset class="choices">
        <legend>Key that signs mail (DKIM)</legend>
        <div>
          {CHOICES.map(([value, name, what]) => (
            <label key={value}>
              <input type="radio" name="key" value={value} checked={choice === value} onChange={() => choose(value)} />
              <span>
                <strong>{name}</strong>
                <span class="muted">{what}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      {choice === 'own' && (
        <>
          <Field
            name={`${prefix}selector`}
            label="Selector"
            error={form.fieldError(`${prefix}selector`)}
            hint={
              <>
                The public half is published at <code>selector._domainkey</code> of the domain.
              </>
            }
          >
            {(control) => (
              <input
                {...control}
                class="mono"
                placeholder="kraiter1"
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
              />
            )}
          </Field>
          <Field
            name={`${prefix}privateKey`}
            label="Private key"
            error={form.fieldError(`${prefix}privateKey`)}
            hint="An RSA key of 1024 to 2048 bits in PEM form. Kraiter hands it to SES and keeps it nowhere; this field is emptied as soon as it is sent."
          >
            {(control) => (
              <textarea
                {...control}
                ref={area}
                class="mono"
                rows={5}
                placeholder="-----BEGIN PRIVATE KEY-----"
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
              />
            )}
          </Field>
        </>
      )}
    </div>
  );
}
