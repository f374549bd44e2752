import type { AwsBinding, Identity } from '@kraiter/sdk';

import { ADD_IDENTITY_ID } from '../identities/add';

/** What the checklist is derived from. */
export interface OnboardingFacts {
  binding: AwsBinding | undefined;
  identities: Identity[];
  hasEmails: boolean;
  hasWebhooks: boolean;
}

export interface OnboardingStep {
  id: 'connect' | 'domain' | 'dns' | 'email' | 'webhook';
  title: string;
  text: string;
  /** The text of the link. */
  action: string;
  href: string;
  done: boolean;
}

/** The heading of the connection on the start page. */
const CONNECTION = '#connection-title';

/** Returns whether the role works, so that SES can be called. */
export const isUsable = (binding: AwsBinding | undefined): binding is AwsBinding =>
  binding?.status === 'connected' || binding?.status === 'degraded';

/** Returns the steps to a working integration. Each links to where it continues. */
export function onboardingSteps({ binding, identities, hasEmails, hasWebhooks }: OnboardingFacts): OnboardingStep[] {
  const domains = identities.filter(({ type }) => type === 'domain');
  const unverified = domains.find(({ verified }) => !verified);
  const addDomain = isUsable(binding) ? `#${ADD_IDENTITY_ID}` : CONNECTION;
  const pageOf = (domain: Identity | undefined) => (domain ? `/identities/${domain.id}` : addDomain);
  return [
    {
      id: 'connect',
      title: 'Connect AWS',
      text: 'Kraiter sends through Amazon SES in your own account.',
      action: binding?.status === 'awaiting_stack' ? 'Continue connecting' : 'Connect',
      href: CONNECTION,
      done: isUsable(binding),
    },
    {
      id: 'domain',
      title: 'Add your domain',
      text: 'You can then send from every address of the domain.',
      action: 'Enter domain',
      href: pageOf(domains[0]),
      done: domains.length > 0,
    },
    {
      id: 'dns',
      title: 'Publish its DNS records',
      text: unverified
        ? `${unverified.identity} is waiting for its records.`
        : 'They prove that the domain is yours, and sign your emails with DKIM.',
      action: 'Show records',
      href: pageOf(unverified ?? domains[0]),
      done: domains.some(({ verified }) => verified),
    },
    {
      id: 'email',
      title: 'Send the first email',
      text: 'Try the SES mailbox simulator: it works in the sandbox and doesn’t affect your reputation.',
      action: 'Write email',
      href: hasEmails ? '/activity' : '/send',
      done: hasEmails,
    },
    {
      id: 'webhook',
      title: 'Receive events',
      text: 'Kraiter posts deliveries, bounces and complaints to your server.',
      action: 'Create endpoint',
      href: '/webhooks',
      done: hasWebhooks,
    },
  ];
}
