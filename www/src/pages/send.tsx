import type { AwsBinding, Identity } from '@kraiter/sdk';
import { useLocation } from 'preact-iso';
import { Icon } from '../components/icon';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { RequireConnection } from '../connection/require-connection';
import { useResource } from '../hooks/use-resource';
import { useIdentityList } from '../identities/use-identities';
import { kraiter } from '../kraiter';
import { SendForm } from '../send/form';
import { Snippets } from '../snippets/card';

/** The form for a test email, or what is missing to send one. */
export function SendPage() {
  return (
    <Page title="Send a test email" lead="Send an email through your AWS account and follow its delivery.">
      <RequireConnection>{(binding) => <Connected binding={binding} />}</RequireConnection>
    </Page>
  );
}

function Connected({ binding }: { binding: AwsBinding }) {
  const { data: list, error, reload } = useIdentityList();
  if (!list) {
    return error === undefined ? (
      <Loading what="Loading identities" lines={5} />
    ) : (
      <ErrorNotice error={error} title="Could not load identities" retry={reload} />
    );
  }
  const verified = list.data.filter((identity) => identity.verified);
  if (isNonEmpty(verified))
    return (
      <>
        <Copied binding={binding} verified={verified} />
        <Snippets sender={verified[0]} />
      </>
    );
  return (
    <div class="empty">
      <Icon name="email" />
      <p class="title">No verified identities yet</p>
      <p>
        You can only send from a domain or email address that SES has verified.
        {list.data.length > 0 && ' Yours is still pending.'}
      </p>
      <a class="button" href="/identities">
        Go to Identities
      </a>
    </div>
  );
}

/** The form, filled in with the email that the URL names, if any. */
function Copied(props: { binding: AwsBinding; verified: readonly [Identity, ...Identity[]] }) {
  const { copy } = useLocation().query;
  const { data, error, reload } = useResource(`copy of ${copy}`, async (signal) => {
    if (!copy) return null;
    const [email, content] = await Promise.all([
      kraiter.emails.get(copy, { signal }),
      kraiter.emails.content(copy, { signal }),
    ]);
    return { email, content };
  });
  if (data !== undefined) return <SendForm {...props} copied={data} />;
  return error === undefined ? (
    <Loading what="Loading the email" lines={5} />
  ) : (
    <ErrorNotice error={error} title="Could not load the email to copy" retry={reload} />
  );
}

const isNonEmpty = (list: Identity[]): list is [Identity, ...Identity[]] => list.length > 0;
