/** Pages of the documentation, which the Worker serves beside the dashboard. */
export const DOCS = {
  awsSetup: '/docs/aws-setup',
  dns: '/docs/dns',
  firstEmail: '/docs/first-email',
  regions: '/docs/regions',
  retention: '/docs/retention',
  sandbox: '/docs/sandbox',
  suppression: '/docs/suppression',
  tracking: '/docs/tracking',
  webhooks: '/docs/webhooks',
} as const;
