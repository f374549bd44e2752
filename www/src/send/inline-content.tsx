import { CodeField } from '../components/code-field';
import { Field } from '../components/field';
import type { Form } from '../hooks/use-form';

/** Email content entered in the form. */
export interface Content {
  subject: string;
  text: string;
  html: string;
}

/** The fields for the subject, text and HTML of an email. */
export function InlineContent({
  form,
  content,
  change,
}: {
  form: Form;
  content: Content;
  change(content: Content): void;
}) {
  return (
    <>
      <Field name="subject" label="Subject" error={form.fieldError('subject')}>
        {(control) => (
          <input
            {...control}
            value={content.subject}
            autocomplete="off"
            onInput={(event) => change({ ...content, subject: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field name="text" label="Text" error={form.fieldError('text')}>
        {(control) => (
          <textarea
            {...control}
            rows={4}
            value={content.text}
            onInput={(event) => change({ ...content, text: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field name="html" label="HTML" error={form.fieldError('html')} hint="Optional. Leave empty to send plain text.">
        {(control) => (
          <CodeField {...control} rows={3} value={content.html} change={(html) => change({ ...content, html })} />
        )}
      </Field>
    </>
  );
}
