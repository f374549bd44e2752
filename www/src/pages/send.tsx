import type { AwsBinding, Identity } from '@kraiter/sdk';

import { WhenConnected } from '../connection/when-connected';
import { useIdentityList } from '../identities/use-identities';
import { Icon } from '../parts/icon';
import { Loading } from '../parts/loading';
import { Page } from '../parts/page';
import { ProblemNotice } from '../parts/problem';
import { SendForm } from '../send/form';

/** Where a test email is written, once there is something to send it from. */
export function SendPage() {
  return (
    <Page
      title="Send a test email"
      lead="See the whole way: from Kraiter through your AWS account to the recipient’s mail server, and the events coming back."
    >
      <WhenConnected>{(binding) => <Connected binding={binding} />}</WhenConnected>
    </Page>
  );
}

function Connected({ binding }: { binding: AwsBinding }) {
  const { data: list, error, reload } = useIdentityList();
  if (!list) {
    return error === undefined ? (
      <Loading what="Loading the identities" lines={5} />
    ) : (
      <ProblemNotice error={error} title="The identities can’t be loaded" retry={reload} />
    );
  }
  const verified = list.data.filter((identity) => identity.verified);
  if (isSome(verified)) return <SendForm binding={binding} verified={verified} />;
  return (
    <div class="empty">
      <Icon name="mail" />
      <p class="title">No verified identity yet</p>
      <p>
        Mail has to come from a domain or an address that SES has verified
        {list.data.length > 0 && '; yours is still pending'}.
      </p>
      <a class="button" href="/identities">
        Go to Identities
      </a>
    </div>
  );
}

const isSome = (list: Identity[]): list is [Identity, ...Identity[]] => list.length > 0;
