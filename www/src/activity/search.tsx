import { isKraiterError } from '@kraiter/sdk';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { Field } from '../components/field';
import { errorText, text } from '../hooks/use-form';
import { activityPath, FILTERS, type Filters } from './filters';
import { STATUS } from './status';

const ADDRESS_HINT = 'An address, or a domain such as example.com.';

/** Fields that are collapsed until they are needed. */
const MORE = [
  { name: 'from', label: 'From', hint: ADDRESS_HINT, type: 'search' },
  { name: 'tag', label: 'Tag', hint: 'A name, or name=value.', type: 'search' },
  { name: 'template', label: 'Template ID', hint: undefined, type: 'search' },
  { name: 'region', label: 'Region', hint: 'Such as eu-west-1.', type: 'search' },
  { name: 'since', label: 'First day', hint: undefined, type: 'date' },
  { name: 'until', label: 'Last day', hint: undefined, type: 'date' },
] as const;

/** The form of a search. Its values are in the URL. `error` is that of the search. */
export function SearchForm({ filters, error }: { filters: Filters; error: unknown }) {
  const { route } = useLocation();
  const isUsed = MORE.some(({ name }) => filters[name]);
  const [open, setOpen] = useState(isUsed);
  const errorOf = (name: string) => (isKraiterError(error) && error.field === name ? errorText(error) : undefined);
  const field = (name: (typeof FILTERS)[number], label: string, hint?: string, type: 'search' | 'date' = 'search') => (
    <Field key={`${name} ${filters[name]}`} name={name} label={label} hint={hint} error={errorOf(name)}>
      {(control) => {
        const input = { ...control, defaultValue: filters[name] ?? '', autocomplete: 'off', spellcheck: false };
        return type === 'date' ? (
          <input {...input} type="date" />
        ) : (
          <input {...input} type="search" autocapitalize="none" />
        );
      }}
    </Field>
  );
  return (
    <form
      class="card search"
      role="search"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        route(activityPath(Object.fromEntries(FILTERS.map((name) => [name, text(form, name)]))));
      }}
    >
      <div class="row">
        {field('to', 'To', ADDRESS_HINT)}
        {field('subject', 'Subject', 'Any part of it.')}
        <Field name="status" label="Status" error={errorOf('status')}>
          {(control) => (
            <select {...control}>
              <option value="" selected={!filters.status}>
                Any
              </option>
              {Object.entries(STATUS).map(([name, [label]]) => (
                <option key={name} value={name} selected={filters.status === name}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <details class="more" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>More filters</summary>
        <div class="row">{MORE.map(({ name, label, hint, type }) => field(name, label, hint, type))}</div>
      </details>
      <div class="actions">
        <button type="submit">Search</button>
        {Object.keys(filters).length > 0 && (
          <a class="button secondary" href="/activity">
            Clear
          </a>
        )}
      </div>
    </form>
  );
}
