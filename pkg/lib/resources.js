// Generated from the API contract by `cargo xtask generate`. Do not edit.

/** The resources of a client. `call` sends a request to a route, `list` to one that responds with a list. */
export const resources = (call, list) => ({
  awsBinding: {
    get: (options) => call('GetAwsBinding', { options }),
    create: (role, options) => call('CreateAwsBinding', { body: role, options }),
    disconnect: (options) => call('DeleteAwsBinding', { options }),
    connect: (region, options) => call('ConnectAws', { body: region, options }),
    verify: (options) => call('VerifyAwsBinding', { options }),
    audit: (options) => call('AuditAwsBinding', { options }),
    setUpEvents: (events, options) => call('SetUpEvents', { body: events ?? {}, options }),
  },
  identities: {
    list: (query, options) => list('ListIdentities', { query, options }),
    create: (identity, options) => call('CreateIdentity', { body: identity, options }),
    get: (id, options) => call('GetIdentity', { path: `${id}`, options }),
    delete: (id, options) => call('DeleteIdentity', { path: `${id}`, options }),
    setDkim: (id, dkimChoice, options) => call('SetIdentityDkim', { path: `${id}`, body: dkimChoice, options }),
    checkDns: (id, options) => call('CheckIdentityDns', { path: `${id}`, options }),
    zoneFile: (id, options) => call('GetIdentityZone', { path: `${id}`, options }),
  },
  templates: {
    list: (query, options) => list('ListTemplates', { query, options }),
    create: (draft, options) => call('CreateTemplate', { body: draft, options }),
    previewDraft: (previewDraft, options) => call('PreviewDraft', { body: previewDraft, options }),
    get: (id, query, options) => call('GetTemplate', { path: `${id}`, query, options }),
    update: (id, update, options) => call('UpdateTemplate', { path: `${id}`, body: update, options }),
    delete: (id, options) => call('DeleteTemplate', { path: `${id}`, options }),
    preview: (id, filling, options) => call('PreviewTemplate', { path: `${id}`, body: filling ?? {}, options }),
  },
  emails: {
    send: (email, options) => call('SendEmail', { body: email, options }),
    dryRun: (email, options) => call('DryRunEmail', { body: email, options }),
    batch: (emails, options) => call('SendBatch', { body: { emails }, options }),
    list: (query, options) => list('ListEmails', { query, options }),
    get: (id, options) => call('GetEmail', { path: `${id}`, options }),
    content: (id, options) => call('GetEmailContent', { path: `${id}`, options }),
    cancel: (id, options) => call('CancelEmail', { path: `${id}`, options }),
    update: (id, email, options) => call('UpdateEmail', { path: `${id}`, body: email, options }),
  },
  sending: {
    get: (options) => call('GetSending', { options }),
    reputation: (options) => call('GetReputation', { options }),
  },
  suppressions: {
    list: (query, options) => list('ListSuppressions', { query, options }),
    create: (suppression, options) => call('CreateSuppression', { body: suppression, options }),
    importCsv: (csv, options) => call('ImportSuppressions', { body: `${csv}`, options }),
    exportCsv: (options) => call('ExportSuppressions', { options }),
    get: (address, options) => call('GetSuppression', { path: `${address}`, options }),
    delete: (address, options) => call('DeleteSuppression', { path: `${address}`, options }),
  },
  events: {
    list: (query, options) => list('ListEvents', { query, options }),
  },
  awsCalls: {
    list: (query, options) => list('ListAwsCalls', { query, options }),
    exportCsv: (query, options) => call('ExportAwsCalls', { query, options }),
  },
  requests: {
    list: (query, options) => list('ListRequests', { query, options }),
  },
  webhooks: {
    list: (options) => list('ListWebhooks', { options }),
    create: (webhook, options) => call('CreateWebhook', { body: webhook, options }),
    get: (id, options) => call('GetWebhook', { path: `${id}`, options }),
    update: (id, webhook, options) => call('UpdateWebhook', { path: `${id}`, body: webhook ?? {}, options }),
    delete: (id, options) => call('DeleteWebhook', { path: `${id}`, options }),
    rotateSecret: (id, options) => call('RotateWebhookSecret', { path: `${id}`, options }),
    test: (id, options) => call('TestWebhook', { path: `${id}`, options }),
    deliveries: (id, query, options) => list('ListWebhookDeliveries', { path: `${id}`, query, options }),
    replay: (id, replay, options) => call('ReplayWebhook', { path: `${id}`, body: replay ?? {}, options }),
  },
  apiKeys: {
    list: (options) => list('ListApiKeys', { options }),
    create: (apiKey, options) => call('CreateApiKey', { body: apiKey, options }),
    delete: (id, options) => call('DeleteApiKey', { path: `${id}`, options }),
  },
  session: {
    create: (apiKey, options) => call('CreateSession', { body: { apiKey }, options }),
    get: (options) => call('GetSession', { options }),
    end: (options) => call('EndSession', { options }),
  },
  settings: {
    get: (options) => call('GetSettings', { options }),
    update: (settings, options) => call('UpdateSettings', { body: settings ?? {}, options }),
  },
  regions: {
    list: (options) => list('ListRegions', { options }),
  },
  metrics: {
    get: (query, options) => call('GetEmailMetrics', { query, options }),
  },
});
