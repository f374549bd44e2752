import { isKraiterError, type KraiterError } from '@kraiter/sdk';
import type { TargetedEvent, TargetedSubmitEvent } from 'preact';
import { useCallback, useRef, useState } from 'preact/hooks';

import { useSession } from '../session';

/** The text of a field of a form; empty where there is none. */
export const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
};

/** The field that a path such as `to[1]` or `template.variables.name` leads to: the one that is named most exactly. */
export function fieldAt(path: string | undefined, fields: readonly string[]): string | undefined {
  const leads = (field: string) => path === field || path?.startsWith(`${field}.`) || path?.startsWith(`${field}[`);
  return fields.filter(leads).sort((a, b) => b.length - a.length)[0];
}

/** What is said at a field: what is wrong with it, and how to mend it. Of a list, which line it is: the first needs no number. */
export function inWords({ message, help, field }: KraiterError): string {
  const sentence = /[.…]$/.test(message) ? message : `${message}.`;
  const place = Number(/^\w+\[(\d+)\]$/.exec(field ?? '')?.[1] ?? 0);
  return [place > 0 && `Line ${place + 1}:`, sentence.charAt(0).toUpperCase() + sentence.slice(1), help]
    .filter(Boolean)
    .join(' ');
}

export interface Form {
  /** For the form element. */
  props: {
    noValidate: true;
    onSubmit(event: TargetedSubmitEvent<HTMLFormElement>): void;
    onInput(event: TargetedEvent<HTMLFormElement>): void;
  };
  busy: boolean;
  /** What the API says of a field: its message and how to mend it. */
  fieldError(name: string): string | undefined;
  /** The path of the field that is wrong, as the API writes it: `attachments[1].content`. */
  errorPath: string | undefined;
  /** An error that belongs to no field of the form. */
  error: unknown;
  /** Forgets what was said of a field: it has changed. Typing into it does so by itself. */
  changed(name: string): void;
}

/**
 * A form whose values go to the API. The API's word on a field is shown at the field, which gets the focus; `fields` are the
 * names that the form has, an error about another one is the form's.
 */
export function useForm(fields: readonly string[], submit: (form: FormData) => Promise<void>): Form {
  const { noteError } = useSession();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const busyNow = useRef(false);

  const fieldOf = (problem: unknown) => (isKraiterError(problem) ? fieldAt(problem.field, fields) : undefined);

  const onSubmit = useCallback(
    (event: TargetedSubmitEvent<HTMLFormElement>) => {
      event.preventDefault();
      if (busyNow.current) return;
      const form = event.currentTarget;
      busyNow.current = true;
      setBusy(true);
      setError(undefined);
      submit(new FormData(form))
        .then(
          () => undefined,
          (problem: unknown) => {
            noteError(problem);
            setError(problem);
            const field = fieldOf(problem);
            const control = field === undefined ? null : form.elements.namedItem(field);
            if (control instanceof HTMLElement) requestAnimationFrame(() => control.focus());
          },
        )
        .finally(() => {
          busyNow.current = false;
          setBusy(false);
        });
    },
    [submit, noteError],
  );

  const changed = (name: string) => {
    if (fieldOf(error) === name) setError(undefined);
  };
  const onInput = ({ target }: TargetedEvent<HTMLFormElement>) => {
    if (target instanceof HTMLElement) changed(target.getAttribute('name') ?? '');
  };

  return {
    props: { noValidate: true, onSubmit, onInput },
    changed,
    busy,
    fieldError: (name) => {
      return isKraiterError(error) && fieldOf(error) === name ? inWords(error) : undefined;
    },
    errorPath: isKraiterError(error) ? error.field : undefined,
    error: fieldOf(error) === undefined ? error : undefined,
  };
}
