import { isKraiterError, type TemplateSummary } from '@kraiter/sdk';
import { useEffect } from 'preact/hooks';
import { CodeField } from '../components/code-field';
import { Field } from '../components/field';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { errorText, type Form, matchingField } from '../hooks/use-form';
import { useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';
import { PreviewPane } from '../templates/preview';
import { usePreview } from '../templates/use-preview';
import { parseVariables } from '../templates/variables';

/** A chosen template and its variables. */
export interface TemplateChoice {
  id: string;
  /** JSON as entered, or undefined until the template is loaded. */
  variables: string | undefined;
}

interface Props {
  form: Form;
  choice: TemplateChoice | undefined;
  change(choice: TemplateChoice): void;
}

/** Email content from a template: the template, its variables and a preview. */
export function TemplateContent({ form, choice, change }: Props) {
  const { data, error, reload } = useResource('template choices', (signal) =>
    kraiter.templates.list({ limit: 100 }, { signal }),
  );
  if (!data) {
    return error === undefined ? (
      <Loading what="Loading templates" lines={2} />
    ) : (
      <ErrorNotice error={error} title="Could not load templates" retry={reload} />
    );
  }
  if (!data.data.length && !choice) {
    return (
      <div class="empty">
        <p class="title">No templates yet</p>
        <a class="button secondary" href="/templates/new">
          New template
        </a>
      </div>
    );
  }
  return <TemplateFields form={form} choice={choice} change={change} templates={data.data} />;
}

function TemplateFields({ form, choice, change, templates }: Props & { templates: TemplateSummary[] }) {
  const id = choice?.id ?? '';
  const variables = choice?.variables;
  const { data: template, error } = useResource(`template to send ${id}`, async (signal) =>
    id ? kraiter.templates.get(id, {}, { signal }) : undefined,
  );
  useEffect(() => {
    if (template && variables === undefined) change({ id, variables: JSON.stringify(template.sample, null, 2) });
  }, [template, variables, id, change]);
  const preview = usePreview(
    template && variables !== undefined ? JSON.stringify([id, template.version, variables]) : undefined,
    async (signal) =>
      kraiter.templates.preview(id, { variables: parseVariables(variables ?? '', 'variables') }, { signal }),
  );
  const previewError = isKraiterError(preview.error) ? errorText(preview.error) : undefined;
  const isVariablesError =
    isKraiterError(preview.error) && matchingField(preview.error.field, ['variables']) !== undefined;
  const isListed = templates.some((other) => other.id === id);
  return (
    <>
      <Field
        name="template"
        label="Template"
        error={form.fieldError('template') ?? (isVariablesError ? undefined : previewError)}
        hint={template && <a href={`/templates/${id}`}>Edit {template.name}</a>}
      >
        {(control) => (
          <select
            {...control}
            value={id}
            onChange={(event) => change({ id: event.currentTarget.value, variables: undefined })}
          >
            {!id && <option value="">Choose a template</option>}
            {id && !isListed && <option value={id}>{template?.name ?? id}</option>}
            {templates.map((other) => (
              <option key={other.id} value={other.id}>
                {other.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {error !== undefined && <ErrorNotice error={error} />}
      {variables !== undefined && (
        <>
          <Field
            name="template.variables"
            label="Variables"
            error={form.fieldError('template.variables') ?? (isVariablesError ? previewError : undefined)}
            hint="Values for the template’s variables, as JSON."
          >
            {(control) => (
              <CodeField {...control} rows={8} value={variables} change={(variables) => change({ id, variables })} />
            )}
          </Field>
          <PreviewPane preview={preview} empty="Loading preview…" />
        </>
      )}
    </>
  );
}
