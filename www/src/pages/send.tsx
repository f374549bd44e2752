import type { AwsBinding, Identity } from '@kraiter/sdk';
import { Icon } from '../components/icon';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { RequireConnection } from '../connection/require-connection';
import { useIdentityList } from '../identities/use-identities';
import { SendForm } from '../send/form';

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
  if (isNonEmpty(verified)) return <SendForm binding={binding} verified={verified} />;
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

const isNonEmpty = (list: Identity[]): list is [Identity, ...Identity[]] => list.length > 0;
