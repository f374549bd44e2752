import type { ConnectDetails } from '@kraiter/sdk';

import { CopyButton } from '../components/copy-button';
import { Field } from '../components/field';
import { SHARE_SUBJECT, shareText } from './share-link';

/** A text with the quick-create link for a colleague who has access to the AWS account. */
export function ShareLink({ details }: { details: ConnectDetails }) {
  const text = shareText(details);
  // Unlike URLSearchParams, email programs don't read a plus sign as a space.
  const mail = `mailto:?subject=${encodeURIComponent(SHARE_SUBJECT)}&body=${encodeURIComponent(text)}`;
  return (
    <details>
      <summary>Ask a colleague with AWS access</summary>
      <div class="share">
        <p>
          Send this to somebody who may create IAM roles in the AWS account. They don’t need access to Kraiter. Use a
          private channel: until the stack exists, anyone who has the link could connect another AWS account in its
          place.
        </p>
        <Field
          name="share"
          label="Message"
          hint="The link doesn’t expire by time. It works until a stack has used it, you disconnect the account, or 20 newer links are created."
        >
          {(control) => <textarea {...control} class="mono" rows={9} readOnly value={text} />}
        </Field>
        <div class="actions">
          <CopyButton text={text} what="message" label="Copy message" />
          <CopyButton text={details.quickCreateUrl} what="link" label="Copy link only" />
          <a class="button quiet small" href={mail}>
            Write email
          </a>
        </div>
      </div>
    </details>
  );
}
