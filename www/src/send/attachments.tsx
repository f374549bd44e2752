import { type AttachedFile, KraiterError } from '@kraiter/sdk';
import { useRef } from 'preact/hooks';

import { useAnnouncer } from '../components/announcer';
import { Field } from '../components/field';
import { formatSize } from '../format';
import type { Form } from '../hooks/use-form';

/** A file to attach to an email. */
export interface ChosenFile {
  /** Distinguishes files of the same name. */
  key: string;
  file: File;
  /** The content ID by which the HTML refers to the file, or an empty string. */
  contentId: string;
}

interface Props {
  form: Form;
  files: readonly ChosenFile[];
  change(files: ChosenFile[]): void;
}

/** The attachments of an email. */
export function Attachments({ form, files, change }: Props) {
  const announce = useAnnouncer();
  const input = useRef<HTMLInputElement>(null);
  const add = (list: FileList | null) => {
    const added = [...(list ?? [])].map((file) => ({ key: crypto.randomUUID(), file, contentId: '' }));
    change([...files, ...added]);
    form.clearError('attachments');
    announce(added.length === 1 ? `${added[0]?.file.name} attached` : `${added.length} files attached`);
    // Allow the same file to be chosen again.
    if (input.current) input.current.value = '';
  };
  const remove = ({ key, file }: ChosenFile) => {
    change(files.filter((other) => other.key !== key));
    form.clearError('attachments');
    announce(`${file.name} removed`);
    input.current?.focus();
  };
  return (
    <>
      <Field
        name="attachments"
        label="Attachments"
        error={errorOf(form, files)}
        hint="Up to about 29 MB in total. SES counts the encoded size."
      >
        {(control) => (
          <input {...control} ref={input} type="file" multiple onChange={(event) => add(event.currentTarget.files)} />
        )}
      </Field>
      {files.length > 0 && (
        <ul class="rows attached" aria-label="Attached files">
          {files.map((chosen) => (
            <li key={chosen.key}>
              <span class="name">{chosen.file.name}</span>
              <span class="muted">{formatSize(chosen.file.size)}</span>
              {chosen.file.type.startsWith('image/') && (
                <label>
                  <span class="muted">
                    Content ID: <code>cid:</code>
                  </span>
                  <input
                    value={chosen.contentId}
                    aria-label={`Content ID of ${chosen.file.name}`}
                    placeholder="logo"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck={false}
                    onInput={(event) => {
                      const contentId = event.currentTarget.value.trim();
                      change(files.map((other) => (other.key === chosen.key ? { ...other, contentId } : other)));
                      form.clearError('attachments');
                    }}
                  />
                </label>
              )}
              <button type="button" class="quiet small" onClick={() => remove(chosen)}>
                Remove<span class="visually-hidden"> {chosen.file.name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Returns the error of an attachment, with the file's name. */
function errorOf(form: Form, files: readonly ChosenFile[]): string | undefined {
  const message = form.fieldError('attachments');
  const name = files[Number(/^attachments\[(\d+)\]/.exec(form.errorPath ?? '')?.[1] ?? NaN)]?.file.name;
  return message && name ? `${name}: ${message}` : message;
}

/** Converts the files to the API's format. */
export const attachmentsOf = (files: readonly ChosenFile[]): Promise<AttachedFile[]> =>
  Promise.all(
    files.map(async ({ file, contentId }, n) => ({
      filename: file.name,
      content: await base64(file, n),
      ...(contentId ? { contentId } : {}),
    })),
  );

/** Encodes a file with a data URL, which the browser doesn't load. */
const base64 = (file: File, index: number) =>
  new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = String(reader.result);
      resolve(url.slice(url.indexOf(',') + 1));
    };
    reader.onerror = () =>
      reject(
        new KraiterError('invalid_base64', 'The browser can no longer read this file.', {
          field: `attachments[${index}]`,
          help: 'Choose the file again.',
        }),
      );
    reader.readAsDataURL(file);
  });
