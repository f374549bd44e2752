import type { AttachedFile, TemplateEmail, WrittenEmail } from './types.js';

/** A file of an email: its content, or where it is. */
export type AttachmentInput = ContentAttachment | UrlAttachment;

/** A file whose content is passed. */
export interface ContentAttachment extends Omit<AttachedFile, 'content' | 'filename'> {
  /** The file name, in any script. Defaults to that of a `File`. */
  filename?: string | undefined;
  /** The content: bytes, such as a `Buffer`, or a string in base64. */
  content: string | Uint8Array | ArrayBuffer | Blob;
  path?: undefined;
}

/** A file that the SDK reads. */
export interface UrlAttachment extends Omit<AttachedFile, 'content' | 'filename'> {
  /** The file name, in any script. Defaults to that of the URL. */
  filename?: string | undefined;
  /**
   * A `file:` URL in Node.js, such as `new URL('invoice.pdf', import.meta.url)`, or an `https:` URL, which the SDK fetches
   * without the API key.
   */
  path: URL;
  content?: undefined;
}

/** A React element, such as `<Welcome name="Ada" />`. */
export interface ReactElement {
  readonly type: unknown;
  readonly props: unknown;
}

/** An email to send. It has a `subject` and `html`, `text` or `react`, or a `template`. */
export type EmailInput =
  | (WithFiles<WrittenEmail> & { template?: undefined; react?: undefined })
  | (WithFiles<TemplateEmail> & { subject?: undefined; html?: undefined; text?: undefined; react?: undefined })
  | ReactEmail;

/** An email whose HTML, and text unless it is passed, are rendered from a React component. Needs the package `@react-email/render`. */
export interface ReactEmail extends WithFiles<Omit<WrittenEmail, 'html'>> {
  /** The component. */
  react: ReactElement;
  html?: undefined;
  template?: undefined;
}

type WithFiles<Email> = Omit<Email, 'attachments'> & {
  /** Files to attach. */
  attachments?: AttachmentInput[] | undefined;
};

/** A page of a list, and an iterator over the items of all pages: `for await (const email of kraiter.emails.list())`. */
export interface List<Page extends { data: unknown[] }>
  extends Promise<ApiResult<Page>>,
    AsyncIterable<Page['data'][number]> {}

/** The body of a response. `lastResponse` isn't enumerable. */
export type ApiResult<Body> = Body extends object ? Body & { readonly lastResponse: LastResponse } : Body;

/** A response. */
export interface LastResponse {
  /** The request's id. Include it when you contact support. */
  readonly requestId: string | null;
  /** The HTTP status. */
  readonly status: number;
}
