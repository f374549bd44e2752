import type { AwsBinding } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';

import { Icon } from '../parts/icon';
import { Loading } from '../parts/loading';
import { useConnection } from './use-connection';

/** What needs an AWS account, once there is one; the way to it until then. */
export function WhenConnected({ children }: { children: (binding: AwsBinding) => ComponentChildren }) {
  const { binding, state } = useConnection();
  if (state.step === 'loading') return <Loading what="Looking at the connection" lines={5} />;
  if (binding?.awsAccountId) return <>{children(binding)}</>;
  return (
    <div class="empty">
      <Icon name="mail" />
      <p class="title">No AWS account is connected</p>
      <p>Email goes through Amazon SES in your own account. Connecting takes a minute.</p>
      <a class="button" href="/identities">
        Connect AWS Account
      </a>
    </div>
  );
}
