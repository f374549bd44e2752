import { isKraiterError, type Template } from '@kraiter/sdk';
import { useCallback, useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { CodeField } from '../components/code-field';
import { Field } from '../components/field';
import { NewTab } from '../components/new-tab';
import { ErrorNotice, Notice } from '../components/notice';
import { useToast } from '../components/toasts';
import { errorText, matchingField, useForm } from '../hooks/use-form';
import { kraiter } from '../kraiter';
import { useUnsavedChanges } from '../unsaved-changes';
import { DeleteTemplate } from './delete';
import { contentOf, type Draft, differs, draftOf, EXAMPLE, PREVIEW_FIELDS, STORED_FIELDS } from './draft';
import { PreviewPane } from './preview';
import { type StoredDraft, useStoredDraft } from './stored-draft';
import { usePreview } from './use-preview';
import { parseVariables } from './variables';

/** Returns the initial state of the editor: the stored draft if it has unsaved changes, otherwise the template. */
function initialState(template: Template | undefined, stored: StoredDraft | undefined): StoredDraft {
  if (stored && differs(stored.draft, stored.saved)) return stored;
  const saved = template ? draftOf(template) : EXAMPLE;
  const isSame = stored && !differs(stored.saved, saved);
  return { draft: isSame ? stored.draft : saved, saved, base: template?.versions.newest ?? 0 };
}

/** Edits a template, with a preview. `template` is the stored one, if any; `onSave` runs after an attempt to save. */
export function TemplateEditor({ template, onSave }: { template?: Template; onSave?: () => void }) {
  const toast = useToast();
  const { route } = useLocation();
  const { setDiscard } = useUnsavedChanges();
  const newest = template?.versions.newest ?? 0;
  const isOld = template !== undefined && template.version !== newest;
  const storage = useStoredDraft(template ? (isOld ? `${template.id} ${template.version}` : template.id) : 'new');
  const [initial] = useState(() => initialState(template, storage.read()));
  const [draft, setDraft] = useState(initial.draft);
  const [saved, setSaved] = useState(initial.saved);
  /** The version that the changes are based on. */
  const [base, setBase] = useState(initial.base);
  const [restored, setRestored] = useState(() => differs(initial.draft, initial.saved));

  const submit = useCallback(async () => {
    const content = { name: draft.name, ...contentOf(draft) };
    try {
      const stored = template
        ? await kraiter.templates.update(template.id, { ...content, version: base })
        : await kraiter.templates.create(content);
      setSaved(draft);
      setBase(stored.versions.newest);
      setRestored(false);
      setDiscard(null);
      storage.remove();
      // The sample data stays.
      storage.write({ draft, saved: draft, base: stored.version }, stored.id);
      toast(`Saved as version ${stored.version}`);
      if (!template || isOld) route(`/templates/${stored.id}`, true);
    } finally {
      // Also after an error, because someone else may have saved a version.
      onSave?.();
    }
  }, [draft, template, isOld, base, onSave, toast, route, storage, setDiscard]);
  const form = useForm(STORED_FIELDS, submit);

  const set = (name: keyof Draft) => (value: string) => setDraft((now) => ({ ...now, [name]: value }));
  const hasContent = draft.subject.trim() !== '' && (draft.html.trim() !== '' || draft.text.trim() !== '');
  const preview = usePreview(
    hasContent ? JSON.stringify([contentOf(draft), draft.variables]) : undefined,
    async (signal) =>
      kraiter.templates.previewDraft(
        { ...contentOf(draft), variables: parseVariables(draft.variables, 'variables') },
        { signal },
      ),
  );
  const invalid = isKraiterError(preview.error) ? matchingField(preview.error.field, PREVIEW_FIELDS) : undefined;
  const errorAt = (name: keyof Draft) =>
    form.fieldError(name) ?? (isKraiterError(preview.error) && invalid === name ? errorText(preview.error) : undefined);
  const conflict = isKraiterError(form.error) && form.error.code === 'version_conflict';

  const isChanged = differs(draft, saved);
  useLayoutEffect(() => {
    setDiscard(isChanged ? storage.remove : null);
    return () => setDiscard(null);
  }, [isChanged, storage, setDiscard]);
  useEffect(() => {
    if (isChanged || draft.variables !== saved.variables) storage.write({ draft, saved, base });
  }, [isChanged, draft, saved, base, storage]);
  const discard = () => {
    storage.remove();
    setDraft(template ? draftOf(template) : EXAMPLE);
    setSaved(template ? draftOf(template) : EXAMPLE);
    setBase(newest);
    setRestored(false);
  };
  const saveLabel = template ? `Save as version ${base + 1}` : 'Create template';

  return (
    <div class="editor">
      <form class="card" {...form.props}>
        {restored && isChanged && (
          <Notice tone="info" title="Your unsaved changes were restored">
            <div class="actions">
              <button type="button" class="secondary small" onClick={discard}>
                Discard changes
              </button>
            </div>
          </Notice>
        )}
        {template && newest > base && (
          <Notice tone="amber" title={`Version ${newest} was saved in the meantime`}>
            <p>
              Your changes are based on version {base}. Version {newest} is kept if you save yours.
            </p>
            <div class="actions">
              <button type="button" class="secondary small" onClick={() => setBase(newest)}>
                Keep editing mine
              </button>
              <a
                class="button secondary small"
                href={`/templates/${template.id}?version=${newest}`}
                target="_blank"
                rel="noreferrer"
              >
                View version {newest}
                <NewTab />
              </a>
            </div>
          </Notice>
        )}
        <Field name="name" label="Name" error={errorAt('name')} hint="Recipients don’t see this name.">
          {(control) => (
            <input
              {...control}
              value={draft.name}
              autocomplete="off"
              onInput={(event) => set('name')(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field name="subject" label="Subject" error={errorAt('subject')}>
          {(control) => (
            <input
              {...control}
              value={draft.subject}
              autocomplete="off"
              onInput={(event) => set('subject')(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field
          name="html"
          label="HTML"
          error={errorAt('html')}
          hint={
            <>
              Values are HTML-escaped automatically. Supports Jinja syntax: <code>{'{{ name }}'}</code>,{' '}
              <code>{'{% if %}'}</code>, <code>{'{% for %}'}</code> and <code>{'{% set %}'}</code>.
            </>
          }
        >
          {(control) => <CodeField {...control} rows={14} value={draft.html} change={set('html')} />}
        </Field>
        <Field
          name="text"
          label="Text"
          error={errorAt('text')}
          hint="Optional. Leave empty to generate it from the HTML."
        >
          {(control) => <CodeField {...control} rows={4} value={draft.text} change={set('text')} />}
        </Field>
        {form.error !== undefined && !conflict && <ErrorNotice error={form.error} />}
        <div class="actions">
          <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
            {form.busy ? 'Saving…' : saveLabel}
          </button>
          {template && <DeleteTemplate template={template} />}
          {template && !isChanged && !isOld && <span class="fine">All changes saved.</span>}
        </div>
      </form>
      <section class="card" aria-labelledby="preview-title">
        <h2 id="preview-title">Preview</h2>
        <Field
          name="variables"
          label="Sample data"
          error={errorAt('variables')}
          hint="JSON, for the preview only. Each email has its own values."
        >
          {(control) => <CodeField {...control} rows={8} value={draft.variables} change={set('variables')} />}
        </Field>
        {preview.rendered && <VariableList variables={preview.rendered.variables} />}
        {preview.error !== undefined && invalid === undefined && <ErrorNotice error={preview.error} />}
        <PreviewPane preview={preview} empty="Enter a subject and HTML or text to see a preview." />
      </section>
    </div>
  );
}

function VariableList({ variables }: { variables: Template['variables'] }) {
  if (!variables.length) return <p class="hint">No variables: every recipient gets the same email.</p>;
  return (
    <p class="hint">
      Variables:{' '}
      {variables.map(({ name, required }, n) => (
        <span key={name}>
          {n > 0 && ', '}
          <code>{name}</code>
          {!required && ' (optional)'}
        </span>
      ))}
      .
    </p>
  );
}
