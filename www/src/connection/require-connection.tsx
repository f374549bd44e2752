import type { AwsBinding } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';

import { Icon } from '../components/icon';
import { Loading } from '../components/loading';
import { useConnection } from './use-connection';

/** Renders its children once an AWS account is connected, and a link to connect one until then. */
export function RequireConnection({ children }: { children: (binding: AwsBinding) => ComponentChildren }) {
  const { binding, state } = useConnection();
  if (state.step === 'loading') return <Loading what="Checking the connection" lines={5} />;
  if (binding?.awsAccountId) return <>{children(binding)}</>;
  return (
    <div class="empty">
      <Icon name="email" />
      <p class="title">No AWS account connected</p>
      <p>Kraiter sends email through Amazon SES in your own account. Connecting takes about a minute.</p>
      <a class="button" href="/identities">
        Connect AWS Account
      </a>
    </div>
  );
}
