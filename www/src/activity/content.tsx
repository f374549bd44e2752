import type { Email } from '@kraiter/sdk';
import { useState } from 'preact/hooks';

import { ErrorNotice } from '../components/notice';
import { useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';
import { EmailFrame } from '../templates/email-frame';

/** The content of an email, as long as it is stored, and a link to send the email again. */
export function Content({ email }: { email: Email }) {
  const { data, error, reload } = useResource(`content ${email.id} ${email.status}`, (signal) =>
    kraiter.emails.content(email.id, { signal }),
  );
  const [remote, setRemote] = useState(false);
  return (
    <section class="card" aria-labelledby="content-title">
      <h2 id="content-title">Content</h2>
      {error !== undefined && <ErrorNotice error={error} title="Could not load the content" retry={reload} />}
      {data?.html && (
        <>
          <EmailFrame key={`${remote}`} html={data.html} title="HTML of the email" remote={remote} />
          {!remote && (
            <div class="actions">
              <button type="button" class="secondary small" onClick={() => setRemote(true)}>
                Load remote images
              </button>
            </div>
          )}
        </>
      )}
      {data?.text && !data.html && (
        <pre class="content-text" role="group" tabIndex={0} aria-label="Plain text">
          {data.text}
        </pre>
      )}
      {data && !data.html && !data.text && (
        <p class="muted">
          {data.stored
            ? 'The content of emails with files isn’t shown.'
            : 'Kraiter deletes the content as soon as Amazon SES has accepted or refused an email.'}
        </p>
      )}
      <div class="actions">
        <a class="button secondary" href={`/send?copy=${email.id}`}>
          Resend as new…
        </a>
      </div>
    </section>
  );
}
