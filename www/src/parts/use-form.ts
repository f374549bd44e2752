import { isKraiterError } from '@kraiter/sdk';
import type { TargetedEvent, TargetedSubmitEvent } from 'preact';
import { useCallback, useRef, useState } from 'preact/hooks';

import { useSession } from '../session';

/** The text of a field of a form; empty where there is none. */
export const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
};

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

  const fieldOf = (problem: unknown) => {
    const field = isKraiterError(problem) ? problem.field : undefined;
    // `to[1]` is told at `to`; `dkim.selector` may have a control of its own.
    return [field, field?.replace(/[[.].*$/, '')].find((path) => path !== undefined && fields.includes(path));
  };

  const onSubmit = useCallback((event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busyNow.current) return;
    const form = event.currentTarget;
    busyNow.current = true;
    setBusy(true);
    setError(undefined);
    submit(new FormData(form)).then(
      () => undefined,
      (problem: unknown) => {
        noteError(problem);
        setError(problem);
        const field = fieldOf(problem);
        const control = field === undefined ? null : form.elements.namedItem(field);
        if (control instanceof HTMLElement) requestAnimationFrame(() => control.focus());
      },
    ).finally(() => {
      busyNow.current = false;
      setBusy(false);
    });
  }, [submit, noteError]);

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
      if (!isKraiterError(error) || fieldOf(error) !== name) return undefined;
      const sentence = error.message.endsWith('.') ? error.message : `${error.message}.`;
      return [sentence.charAt(0).toUpperCase() + sentence.slice(1), error.help].filter(Boolean).join(' ');
    },
    error: fieldOf(error) === undefined ? error : undefined,
  };
}
