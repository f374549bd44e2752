/** Converts what callers may pass in a body to JSON: a React component, files and dates. Loaded only for a body that has one of them. */

import { KraiterError } from './error.js';
import { base64, fileName, readFile } from './files.js';

/** Returns the body as JSON. `context` has the client's `fetch`, `timeout` and `system`, and the options of the call. */
export async function prepare(body, context) {
  if (!Array.isArray(body.emails)) return one(body, '', context);
  return { emails: await Promise.all(body.emails.map((email, index) => one(email, `emails[${index}].`, context))) };
}

async function one({ react, attachments, ...body }, at, context) {
  // JSON has null for an invalid date, with which an email would be sent at once. The API refuses this text.
  for (const [name, value] of Object.entries(body)) if (Number.isNaN(value?.getTime?.())) body[name] = `${value}`;
  if (react) Object.assign(body, await render(react, body, at));
  if (!attachments) return body;
  const files = [...attachments].map((file, index) => attach(file, `${at}attachments[${index}]`, context));
  return { ...body, attachments: await Promise.all(files) };
}

async function render(component, { html, text }, at) {
  if (html !== undefined) throw invalid(`${at}html`, 'can\'t be combined with "react"', 'Omit one of them.');
  let library;
  // Bundlers accept a missing package only inside of `try`.
  try {
    library = await import('@react-email/render');
  } catch (cause) {
    throw invalid(`${at}react`, 'needs the package @react-email/render', 'Run npm install @react-email/render.', cause);
  }
  try {
    return {
      html: await library.render(component),
      text: text ?? (await library.render(component, { plainText: true })),
    };
  } catch (cause) {
    throw invalid(`${at}react`, "couldn't be rendered", "The error's cause says why.", cause);
  }
}

async function attach(file, field, context) {
  const { path, content, ...rest } = file ?? {};
  if (path === undefined && typeof content === 'string') return file;
  const bytes = path === undefined ? content : await readFile(path, `${field}.path`, context);
  const encoded = await base64(bytes);
  if (encoded === undefined)
    throw invalid(
      `${field}.content`,
      'must be base64, bytes or a Blob',
      'A string is base64. Pass a text as Buffer.from(text).',
    );
  const name = path === undefined ? content.name : fileName(path);
  // Kraiter derives the type of a text from its name and adds its character set, which a Blob doesn't have.
  const type = path === undefined && content.type && !content.type.startsWith('text/') ? content.type : undefined;
  return { ...(name && { filename: name }), ...(type && { contentType: type }), ...rest, content: encoded };
}

const invalid = (field, message, help, cause) =>
  new KraiterError('invalid_content', `"${field}" ${message}.`, { field, help, cause });
