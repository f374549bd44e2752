import { isKraiterError, type Template } from '@kraiter/sdk';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { CodeField } from '../parts/code-field';
import { Field } from '../parts/field';
import { NewTab } from '../parts/new-tab';
import { Notice, ProblemNotice } from '../parts/problem';
import { fieldAt, inWords, useForm } from '../parts/use-form';
import { DeleteTemplate } from './delete';
import { PreviewPane } from './preview';
import { usePreview } from './use-preview';
import { parseVariables, sample } from './variables';

const STORED = ['name', 'subject', 'html', 'text'] as const;
const PREVIEWED = ['subject', 'html', 'text', 'variables'] as const;

type Draft = Record<(typeof STORED | typeof PREVIEWED)[number], string>;

/** What a new template begins with: enough to see how it is meant. */
const FIRST: Draft = {
  name: '',
  subject: 'Welcome, {{ name }}!',
  html: '<h1>Hello {{ name }}!</h1>\n<p>Nice to have you here.</p>\n',
  text: '',
  variables: '{\n  "name": "Ada"\n}',
};

const draftOf = ({ name, subject, html, text, variables }: Template): Draft => ({
  name,
  subject,
  html: html ?? '',
  text: text ?? '',
  variables: sample(variables),
});

/** The parts as the API takes them: what is left empty isn't there. */
const partsOf = ({ subject, html, text }: Draft) => ({ subject, ...(html ? { html } : {}), ...(text ? { text } : {}) });

/** Where a template is written, with what it makes of variables beside it. `template` is the stored one; `changed` is called when it is another. */
export function TemplateEditor({ template, changed }: { template?: Template; changed?: () => void }) {
  const announce = useAnnouncer();
  const { route } = useLocation();
  const [draft, setDraft] = useState(() => (template ? draftOf(template) : FIRST));
  const [saved, setSaved] = useState(draft);
  /** The version that a change is based on. */
  const [base, setBase] = useState(template?.versions.newest ?? 0);
  const newest = template?.versions.newest ?? 0;
  const isOld = template !== undefined && template.version !== newest;

  const submit = useCallback(async () => {
    const whole = { name: draft.name, ...partsOf(draft) };
    try {
      const stored = template
        ? await kraiter.templates.update(template.id, { ...whole, version: base })
        : await kraiter.templates.create(whole);
      setSaved(draft);
      setBase(stored.versions.newest);
      announce(`Saved as version ${stored.version}`);
      if (!template || isOld) route(`/templates/${stored.id}`, true);
    } finally {
      // Also after a refusal: somebody else may have saved a version.
      changed?.();
    }
  }, [draft, template, isOld, base, changed, announce, route]);
  const form = useForm(STORED, submit);

  const set = (name: keyof Draft) => (value: string) => setDraft((now) => ({ ...now, [name]: value }));
  const hasContent = draft.subject.trim() !== '' && (draft.html.trim() !== '' || draft.text.trim() !== '');
  const preview = usePreview(
    hasContent ? JSON.stringify([partsOf(draft), draft.variables]) : undefined,
    async (signal) =>
      kraiter.templates.previewDraft(
        { ...partsOf(draft), variables: parseVariables(draft.variables, 'variables') },
        { signal },
      ),
  );
  const wrong = isKraiterError(preview.error) ? fieldAt(preview.error.field, PREVIEWED) : undefined;
  const errorAt = (name: keyof Draft) =>
    form.fieldError(name) ?? (isKraiterError(preview.error) && wrong === name ? inWords(preview.error) : undefined);
  const conflict = isKraiterError(form.error) && form.error.code === 'version_conflict';

  const isChanged = STORED.some((name) => draft[name] !== saved[name]);
  useBeforeLeaving(isChanged);
  const next = template ? `Save as version ${base + 1}` : 'Create template';

  return (
    <div class="editor">
      <form class="card" {...form.props}>
        {template && newest > base && (
          <Notice tone="amber" title={`Version ${newest} has been saved meanwhile`}>
            <p>
              Yours is based on version {base}. Nothing is lost: version {newest} stays whatever you do.
            </p>
            <div class="actions">
              <button type="button" class="secondary small" onClick={() => setBase(newest)}>
                Go on with mine
              </button>
              <a
                class="button secondary small"
                href={`/templates/${template.id}?version=${newest}`}
                target="_blank"
                rel="noreferrer"
              >
                Show version {newest}
                <NewTab />
              </a>
            </div>
          </Notice>
        )}
        <Field name="name" label="Name" error={errorAt('name')} hint="For you. Recipients don’t see it.">
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
              Values are escaped by themselves. There are <code>{'{{ name }}'}</code>, <code>{'{% if %}'}</code>,{' '}
              <code>{'{% for %}'}</code> and <code>{'{% set %}'}</code>, as in Jinja.
            </>
          }
        >
          {(control) => <CodeField {...control} rows={14} value={draft.html} change={set('html')} />}
        </Field>
        <Field name="text" label="Text" error={errorAt('text')} hint="Left empty, it is made from the HTML.">
          {(control) => <CodeField {...control} rows={4} value={draft.text} change={set('text')} />}
        </Field>
        {form.error !== undefined && !conflict && <ProblemNotice error={form.error} />}
        <div class="actions">
          <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
            {form.busy ? 'Saving…' : next}
          </button>
          {template && <DeleteTemplate template={template} />}
          {template && !isChanged && !isOld && <span class="fine">Everything is saved.</span>}
        </div>
      </form>
      <section class="card" aria-labelledby="preview-title">
        <h2 id="preview-title">Preview</h2>
        <Field
          name="variables"
          label="Variables to try it with"
          error={errorAt('variables')}
          hint="JSON. It isn’t saved: each email brings its own."
        >
          {(control) => <CodeField {...control} rows={8} value={draft.variables} change={set('variables')} />}
        </Field>
        {preview.made && <Used variables={preview.made.variables} />}
        {preview.error !== undefined && wrong === undefined && <ProblemNotice error={preview.error} />}
        <PreviewPane preview={preview} empty="Write a subject, and HTML or text." />
      </section>
    </div>
  );
}

function Used({ variables }: { variables: Template['variables'] }) {
  if (!variables.length) return <p class="hint">It uses no variables: every recipient gets the same.</p>;
  return (
    <p class="hint">
      It uses{' '}
      {variables.map(({ name, required }, n) => (
        <span key={name}>
          {n > 0 && ', '}
          <code>{name}</code>
          {!required && ' (may be left out)'}
        </span>
      ))}
      .
    </p>
  );
}

/** The browser asks before the page is left with changes in it. */
function useBeforeLeaving(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isChanged]);
}
