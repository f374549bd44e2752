/** The pages in the order in which a reader needs them. */

interface Group {
  text: string;
  collapsed?: boolean;
  items: { text: string; link: string; target?: string }[];
}

export const sidebar: Group[] = [
  {
    text: 'Get started',
    items: [
      { text: 'Overview', link: '/' },
      { text: 'AWS setup', link: '/aws-setup' },
      { text: 'Send your first email', link: '/first-email' },
      { text: 'DNS records', link: '/dns' },
      { text: 'Sandbox and production access', link: '/sandbox' },
      { text: 'Regions', link: '/regions' },
      { text: 'SDK for JavaScript', link: '/sdk' },
    ],
  },
  {
    text: 'Send',
    items: [
      { text: 'Email content and batches', link: '/emails' },
      { text: 'Templates', link: '/templates' },
      { text: 'Delivery guarantees', link: '/delivery' },
      { text: 'Idempotent requests', link: '/idempotency' },
      { text: 'Suppressed addresses', link: '/suppression' },
      { text: 'Open and click tracking', link: '/tracking' },
    ],
  },
  {
    text: 'Receive events',
    items: [
      { text: 'Webhooks', link: '/webhooks' },
      { text: 'Event feed', link: '/events' },
    ],
  },
  {
    text: 'Dashboard and API',
    items: [
      { text: 'API reference', link: '/api-reference' },
      { text: 'Try the API', link: '/api', target: '_self' },
      { text: 'Errors', link: '/errors' },
      { text: 'API keys', link: '/api-keys' },
      { text: 'Limits and quotas', link: '/limits' },
      { text: 'Connection health', link: '/connection-health' },
      { text: 'Search emails', link: '/search' },
      { text: 'Metrics', link: '/metrics' },
      { text: 'Request log', link: '/request-log' },
      { text: 'Calls to AWS', link: '/aws-calls' },
      { text: 'Security', link: '/security' },
      { text: 'Data retention', link: '/retention' },
    ],
  },
  {
    text: 'Operate Kraiter',
    items: [
      { text: 'Deploy to Cloudflare', link: '/deploying' },
      { text: 'Settings', link: '/settings' },
      { text: 'Operations', link: '/operations' },
      { text: 'Alert runbook', link: '/runbook' },
      { text: 'Performance', link: '/performance' },
      { text: 'Connection probe', link: '/probe' },
      { text: 'Changelog', link: '/changelog' },
    ],
  },
];
