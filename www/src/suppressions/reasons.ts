import type { SuppressionReason } from '@kraiter/sdk';

export const REASONS: Record<SuppressionReason, [tone: string, label: string]> = {
  bounce: ['red', 'Bounced'],
  complaint: ['red', 'Marked as spam'],
  unsubscribe: ['amber', 'Unsubscribed'],
  soft_bounces: ['amber', 'Repeated soft bounces'],
  manual: ['grey', 'Added manually'],
};
