/** The pages of the navigation. */
export const PAGES = [
  { href: '/identities', name: 'Identities' },
  { href: '/activity', name: 'Activity' },
  { href: '/sending', name: 'Sending' },
  { href: '/email-metrics', name: 'Metrics' },
  { href: '/suppressions', name: 'Suppressions' },
  { href: '/templates', name: 'Templates' },
  { href: '/send', name: 'Send test' },
  { href: '/logs', name: 'Logs' },
  { href: '/webhooks', name: 'Webhooks' },
  { href: '/keys', name: 'API keys' },
] as const;
