import { isKraiterError, type TemplateSummary } from '@kraiter/sdk';
import { useEffect } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { CodeField } from '../parts/code-field';
import { Field } from '../parts/field';
import { Loading } from '../parts/loading';
import { ProblemNotice } from '../parts/problem';
import { type Form, fieldAt, inWords } from '../parts/use-form';
import { useResource } from '../parts/use-resource';
import { PreviewPane } from '../templates/preview';
import { usePreview } from '../templates/use-preview';
import { parseVariables, sample } from '../templates/variables';

/** A template that is chosen, and what it is filled with. */
export interface Filling {
  id: string;
  /** JSON, as it is written; nothing until the template is known. */
  variables: string | undefined;
}

interface Props {
  form: Form;
  filling: Filling | undefined;
  change(filling: Filling): void;
}

/** The content of an email that a template makes: which one, its variables, and what comes of it. */
export function ByTemplate({ form, filling, change }: Props) {
  const { data, error, reload } = useResource('templates to choose from', (signal) =>
    kraiter.templates.list({ limit: 100 }, { signal }),
  );
  if (!data) {
    return error === undefined ? (
      <Loading what="Loading the templates" lines={2} />
    ) : (
      <ProblemNotice error={error} title="The templates can’t be loaded" retry={reload} />
    );
  }
  if (!data.data.length && !filling) {
    return (
      <div class="empty">
        <p class="title">No template yet</p>
        <a class="button secondary" href="/templates/new">
          New template
        </a>
      </div>
    );
  }
  return <Chosen form={form} filling={filling} change={change} templates={data.data} />;
}

function Chosen({ form, filling, change, templates }: Props & { templates: TemplateSummary[] }) {
  const id = filling?.id ?? '';
  const written = filling?.variables;
  const { data: template, error } = useResource(`template to send ${id}`, async (signal) =>
    id ? kraiter.templates.get(id, {}, { signal }) : undefined,
  );
  useEffect(() => {
    if (template && written === undefined) change({ id, variables: sample(template.variables) });
  }, [template, written, id, change]);
  const preview = usePreview(
    template && written !== undefined ? JSON.stringify([id, template.version, written]) : undefined,
    async (signal) =>
      kraiter.templates.preview(id, { variables: parseVariables(written ?? '', 'variables') }, { signal }),
  );
  const words = isKraiterError(preview.error) ? inWords(preview.error) : undefined;
  const ofVariables = isKraiterError(preview.error) && fieldAt(preview.error.field, ['variables']) !== undefined;
  const known = templates.some((other) => other.id === id);
  return (
    <>
      <Field
        name="template"
        label="Template"
        error={form.fieldError('template') ?? (ofVariables ? undefined : words)}
        hint={template && <a href={`/templates/${id}`}>Edit {template.name}</a>}
      >
        {(control) => (
          <select
            {...control}
            value={id}
            onChange={(event) => change({ id: event.currentTarget.value, variables: undefined })}
          >
            {!id && <option value="">Choose a template</option>}
            {id && !known && <option value={id}>{template?.name ?? id}</option>}
            {templates.map((other) => (
              <option key={other.id} value={other.id}>
                {other.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {error !== undefined && <ProblemNotice error={error} />}
      {written !== undefined && (
        <>
          <Field
            name="template.variables"
            label="Variables"
            error={form.fieldError('template.variables') ?? (ofVariables ? words : undefined)}
            hint="JSON: what the names in the template stand for."
          >
            {(control) => (
              <CodeField {...control} rows={8} value={written} change={(variables) => change({ id, variables })} />
            )}
          </Field>
          <PreviewPane preview={preview} empty="Making a preview…" />
        </>
      )}
    </>
  );
}
