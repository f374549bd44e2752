import type { FeedEventType } from '@kraiter/sdk';

/** Every type of event. The compiler checks that none is missing. */
const TYPES: Record<FeedEventType, true> = {
  'email.accepted': true,
  'email.sent': true,
  'email.delivered': true,
  'email.delivery_delayed': true,
  'email.bounced': true,
  'email.complained': true,
  'email.opened': true,
  'email.clicked': true,
  'email.failed': true,
  'email.suppressed': true,
  'email.unsubscribed': true,
  'connection.connected': true,
  'connection.degraded': true,
  'connection.insecure': true,
  'identity.verified': true,
  'stack.outdated': true,
  'reputation.warning': true,
  'webhook.disabled': true,
};

export const EVENT_TYPES = Object.keys(TYPES) as FeedEventType[];
