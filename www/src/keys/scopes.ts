import type { KeyScope } from '@kraiter/sdk';

/** The scopes of API keys, as people read them. */
export const SCOPES: Record<KeyScope, { label: string; description: string }> = {
  full: { label: 'Full access', description: 'Can do everything, such as disconnecting AWS and managing keys.' },
  sending: { label: 'Sending only', description: 'Can send, move and cancel emails, and get an email by its ID.' },
  read: { label: 'Read only', description: 'Can read everything and change nothing.' },
};

export type Kind = KeyScope | 'test';

/** The kinds of API keys that can be created. */
export const KINDS: Record<Kind, { label: string; description: string; scope: KeyScope }> = {
  full: { ...SCOPES.full, scope: 'full' },
  sending: { ...SCOPES.sending, scope: 'sending' },
  read: { ...SCOPES.read, scope: 'read' },
  test: {
    label: 'Test sending',
    description: 'As “Sending only”, but every email goes to the mailbox simulator of Amazon SES.',
    scope: 'sending',
  },
};
