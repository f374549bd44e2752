import { isKraiterError, type KraiterError, type RegionCode } from '@kraiter/sdk';
import type { TargetedEvent, TargetedSubmitEvent } from 'preact';
import { useCallback, useRef, useState } from 'preact/hooks';

import { useSession } from '../session';

/** Returns the trimmed text of a form field, or an empty string. */
export const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
};

/** Returns the value of a region select: a code, or '' if none is selected. */
export const regionCode = (form: FormData, name: string) => text(form, name) as RegionCode | '';

/** Returns the most specific field that contains an API path such as `to[1]` or `template.variables.name`. */
export function matchingField(path: string | undefined, fields: readonly string[]): string | undefined {
  const contains = (field: string) => path === field || path?.startsWith(`${field}.`) || path?.startsWith(`${field}[`);
  return fields.filter(contains).sort((a, b) => b.length - a.length)[0];
}

/** Returns the error text of a field: the message and the help. In a list, it starts with the line number, except for line 1. */
export function errorText({ message, help, field }: KraiterError): string {
  const sentence = /[.…]$/.test(message) ? message : `${message}.`;
  const index = Number(/^\w+\[(\d+)\]$/.exec(field ?? '')?.[1] ?? 0);
  return [index > 0 && `Line ${index + 1}:`, sentence.charAt(0).toUpperCase() + sentence.slice(1), help]
    .filter(Boolean)
    .join(' ');
}

export interface Form {
  /** Props for the form element. */
  props: {
    noValidate: true;
    onSubmit(event: TargetedSubmitEvent<HTMLFormElement>): void;
    onInput(event: TargetedEvent<HTMLFormElement>): void;
  };
  busy: boolean;
  /** Returns the API's error text for a field, if it has one. */
  fieldError(name: string): string | undefined;
  /** The path of the invalid field, as the API reports it: `attachments[1].content`. */
  errorPath: string | undefined;
  /** An error that doesn't belong to a field of the form. */
  error: unknown;
  /** Clears the error of a field. Input events clear it automatically. */
  clearError(name: string): void;
}

/**
 * Submits a form to the API. An error that names one of `fields` is shown at that field, which takes the focus; any other error
 * belongs to the form.
 */
export function useForm(fields: readonly string[], submit: (form: FormData) => Promise<void>): Form {
  const { noteError } = useSession();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const busyNow = useRef(false);

  const fieldOf = (problem: unknown) => (isKraiterError(problem) ? matchingField(problem.field, fields) : undefined);

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

  const clearError = (name: string) => {
    if (fieldOf(error) === name) setError(undefined);
  };
  const onInput = ({ target }: TargetedEvent<HTMLFormElement>) => {
    if (target instanceof HTMLElement) clearError(target.getAttribute('name') ?? '');
  };

  return {
    props: { noValidate: true, onSubmit, onInput },
    clearError,
    busy,
    fieldError: (name) => {
      return isKraiterError(error) && fieldOf(error) === name ? errorText(error) : undefined;
    },
    errorPath: isKraiterError(error) ? error.field : undefined,
    error: fieldOf(error) === undefined ? error : undefined,
  };
}
