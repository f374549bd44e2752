import { CodeField } from '../parts/code-field';
import { Field } from '../parts/field';
import type { Form } from '../parts/use-form';

/** What an email says that is written here. */
export interface Content {
  subject: string;
  text: string;
  html: string;
}

/** The content of an email that is written out. */
export function Written({ form, content, change }: { form: Form; content: Content; change(content: Content): void }) {
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
      <Field name="html" label="HTML" error={form.fieldError('html')} hint="Left empty, the email has its text alone.">
        {(control) => (
          <CodeField {...control} rows={3} value={content.html} change={(html) => change({ ...content, html })} />
        )}
      </Field>
    </>
  );
}
