import type { Template } from '@kraiter/sdk';

export const STORED_FIELDS = ['name', 'subject', 'html', 'text'] as const;
export const PREVIEW_FIELDS = ['subject', 'html', 'text', 'variables'] as const;

/** The fields of the editor. `variables` is the sample data, which isn't saved. */
export type Draft = Record<(typeof STORED_FIELDS | typeof PREVIEW_FIELDS)[number], string>;

/** The content of a new template: an example with a variable. */
export const EXAMPLE: Draft = {
  name: '',
  subject: 'Welcome, {{ name }}!',
  html: '<h1>Hello {{ name }}!</h1>\n<p>Thank you for signing up.</p>\n',
  text: '',
  variables: '{\n  "name": "Ada"\n}',
};

export const draftOf = ({ name, subject, html, text, sample }: Template): Draft => ({
  name,
  subject,
  html: html ?? '',
  text: text ?? '',
  variables: JSON.stringify(sample, null, 2),
});

/** Returns the content as the API expects it, without empty parts. */
export const contentOf = ({ subject, html, text }: Draft) => ({
  subject,
  ...(html ? { html } : {}),
  ...(text ? { text } : {}),
});

/** Returns whether a field that is saved differs. */
export const differs = (one: Draft, other: Draft) => STORED_FIELDS.some((name) => one[name] !== other[name]);
