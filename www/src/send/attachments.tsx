import { type AttachedFile, KraiterError } from '@kraiter/sdk';
import { useRef } from 'preact/hooks';

import { useAnnouncer } from '../parts/announcer';
import { Field } from '../parts/field';
import { size } from '../parts/size';
import type { Form } from '../parts/use-form';

/** A file that is to go with an email. */
export interface Chosen {
  /** Tells two files of the same name apart. */
  key: string;
  file: File;
  /** The name by which the HTML shows it; empty where it doesn't. */
  contentId: string;
}

interface Props {
  form: Form;
  files: readonly Chosen[];
  change(files: Chosen[]): void;
}

/** Files to go with an email. */
export function Attachments({ form, files, change }: Props) {
  const announce = useAnnouncer();
  const input = useRef<HTMLInputElement>(null);
  const add = (list: FileList | null) => {
    const added = [...(list ?? [])].map((file) => ({ key: crypto.randomUUID(), file, contentId: '' }));
    change([...files, ...added]);
    form.changed('attachments');
    announce(added.length === 1 ? `${added[0]?.file.name} attached` : `${added.length} files attached`);
    // The same file can be chosen again.
    if (input.current) input.current.value = '';
  };
  const remove = ({ key, file }: Chosen) => {
    change(files.filter((other) => other.key !== key));
    form.changed('attachments');
    announce(`${file.name} removed`);
    input.current?.focus();
  };
  return (
    <>
      <Field
        name="attachments"
        label="Attachments"
        error={errorOf(form, files)}
        hint="About 29 MB together: SES counts them as they are encoded."
      >
        {(control) => (
          <input {...control} ref={input} type="file" multiple onChange={(event) => add(event.currentTarget.files)} />
        )}
      </Field>
      {files.length > 0 && (
        <ul class="rows attached" aria-label="Attached">
          {files.map((chosen) => (
            <li key={chosen.key}>
              <span class="name">{chosen.file.name}</span>
              <span class="muted">{size(chosen.file.size)}</span>
              {chosen.file.type.startsWith('image/') && (
                <label>
                  <span class="muted">
                    In the HTML: <code>cid:</code>
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
                      form.changed('attachments');
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

/** What is wrong with a file, with its name. */
function errorOf(form: Form, files: readonly Chosen[]): string | undefined {
  const words = form.fieldError('attachments');
  const name = files[Number(/^attachments\[(\d+)\]/.exec(form.errorPath ?? '')?.[1] ?? NaN)]?.file.name;
  return words && name ? `${name}: ${words}` : words;
}

/** The files as the API takes them. */
export const attachmentsOf = (files: readonly Chosen[]): Promise<AttachedFile[]> =>
  Promise.all(
    files.map(async ({ file, contentId }, n) => ({
      filename: file.name,
      content: await base64(file, n),
      ...(contentId ? { contentId } : {}),
    })),
  );

/** By way of a data URL: the browser encodes it, and nothing is loaded from there. */
const base64 = (file: File, place: number) =>
  new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = String(reader.result);
      resolve(url.slice(url.indexOf(',') + 1));
    };
    reader.onerror = () =>
      reject(
        new KraiterError('file_not_readable', 'the browser can’t read it any more', {
          field: `attachments[${place}]`,
          help: 'Choose it again.',
        }),
      );
    reader.readAsDataURL(file);
  });
