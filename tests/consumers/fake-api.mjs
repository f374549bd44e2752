import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

/** The dashboard's content security policy, which the package must work with. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; base-uri 'none'";

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

const REGIONS = [{ region: 'eu-west-1', location: 'Europe (Ireland)', optIn: false, supportsStack: true }];
const REASON = { code: 'role_refused', message: 'AWS refused the role.', help: 'Wait.' };
const NOW = '2026-11-24T12:00:00Z';

/**
 * Starts a scripted API for one customer. The second poll of the connection finds the stack created, the third one the role working.
 * Other requests go to `pages`: a request handler, or a folder that is served with the dashboard's content security policy.
 */
export async function fakeApi(pages) {
  let status = 'not_connected';
  const statusAfterPoll = { awaiting_stack: 'verifying', verifying: 'connected' };
  const requests = [];
  let hasFailed = false;

  const binding = () => {
    const hasRole = !['not_connected', 'awaiting_stack', 'disconnected'].includes(status);
    return {
      status,
      awsAccountId: hasRole ? '123456789012' : null,
      roleArn: hasRole ? 'arn:aws:iam::123456789012:role/KraiterSESRole' : null,
      stackRegion: status === 'not_connected' ? null : 'eu-west-1',
      externalId: 'mxk7-aaaaaaaaaaaaaaaaaaaaaaaaaa',
      configurationSet: null,
      eventsActive: false,
      sandbox: status === 'connected' ? true : null,
      quota: null,
      reason: status === 'verifying' ? REASON : null,
      regions: REGIONS,
      checkedAt: null,
    };
  };
  const identity = {
    id: 'idn_1',
    identity: 'example.com',
    type: 'domain',
    region: 'eu-west-1',
    verified: false,
    verificationStatus: 'pending',
    dkimStatus: 'pending',
    dnsRecords: [{ type: 'CNAME', name: 'a', value: 'b' }],
    pollAfterSeconds: null,
    createdAt: NOW,
  };
  const summary = {
    id: 'eml_1',
    status: 'sent',
    from: 'a@example.com',
    to: ['b@example.com'],
    subject: 'Grüße',
    region: 'eu-west-1',
    createdAt: NOW,
  };
  const template = {
    id: 'tpl_1',
    name: 'Welcome',
    version: 1,
    subject: 'Hello {{ name }}',
    html: null,
    text: '{{ name }}',
    variables: [{ name: 'name', required: true }],
    versions: { oldest: 1, newest: 1 },
    createdAt: NOW,
    updatedAt: NOW,
  };
  const event = {
    id: 'evt_1',
    number: 1,
    type: 'email.bounced',
    timestamp: NOW,
    data: { emailId: 'eml_1', recipients: ['b@example.com'], detail: { bounceType: 'Permanent' } },
  };
  const session = { organisation: { id: 'org_1', name: 'Example' } };

  const routes = {
    'GET /v1/aws-binding': () => {
      const current = binding();
      status = statusAfterPoll[status] ?? status;
      return [200, current];
    },
    'POST /v1/aws-binding/connect': () => {
      status = 'awaiting_stack';
      const names = { stackName: 'kraiter', externalId: binding().externalId, kraiterAccountId: '999999999999' };
      return [
        200,
        { quickCreateUrl: 'https://console.example', ...names, trustPolicy: {}, permissionsPolicy: {}, status },
      ];
    },
    'POST /v1/aws-binding': () => {
      status = 'verifying';
      return [200, binding()];
    },
    'POST /v1/aws-binding/verify': () => {
      status = 'connected';
      return [200, { verified: true, ...binding() }];
    },
    'DELETE /v1/aws-binding': () => {
      status = 'disconnected';
      return [200, binding()];
    },
    'POST /v1/identities': () => [201, identity],
    'GET /v1/identities': () => [200, { data: [identity], problems: [], regions: ['eu-west-1'], nextCursor: null }],
    'GET /v1/identities/idn_1': () => [200, identity],
    'POST /v1/templates': () => [201, template],
    'GET /v1/templates': () => [200, { data: [{ ...template }], nextCursor: null }],
    'POST /v1/templates/preview': () => [
      200,
      { subject: 'Hello Ada', html: null, text: 'Ada', variables: template.variables },
    ],
    'GET /v1/templates/tpl_1': ({ search }) => [
      200,
      { ...template, version: Number(new URLSearchParams(search).get('version') ?? 1) },
    ],
    'PUT /v1/templates/tpl_1': () => [200, { ...template, version: 2 }],
    'DELETE /v1/templates/tpl_1': () => [204],
    'POST /v1/templates/tpl_1/preview': () => [
      200,
      { subject: 'Hello Ada', html: null, text: 'Ada', variables: template.variables },
    ],
    'PUT /v1/identities/idn_1/dkim': () => [200, identity],
    'POST /v1/identities/idn_1/check-dns': () => [
      200,
      { id: 'idn_1', complete: true, records: [], advice: [], checkAgainAfterSeconds: null },
    ],
    'GET /v1/identities/idn_1/zone': () => [200, '$ORIGIN example.com.'],
    'DELETE /v1/identities/idn_1': () => [204],
    'POST /v1/aws-binding/events': () => [200, { region: 'eu-west-1', events: 'awaited', webhookUrl: null }],
    // The first attempt of the journey's email fails.
    'POST /v1/emails': ({ body }) => {
      if (body.includes('Grüße') && JSON.parse(body).attachments[0].content !== 'YQ==') return missing();
      if (!body.includes('Grüße') || hasFailed) return [202, { id: 'eml_1', status: 'sent' }];
      hasFailed = true;
      return [
        503,
        {
          type: 'https://kraiter.example.com/docs/errors#internal_error',
          title: 'Service Unavailable',
          status: 503,
          detail: 'Oops',
          code: 'internal_error',
          requestId: 'req_1',
        },
      ];
    },
    'POST /v1/emails/batch': () => [
      202,
      {
        data: [
          { id: 'eml_1', status: 'queued' },
          { error: { code: 'missing_field', message: '"to" is missing', field: 'to' } },
        ],
      },
    ],
    // The list that is filtered has two pages.
    'GET /v1/emails': ({ search }) => {
      const hasNext = search?.includes('since') && !search?.includes('cursor');
      return [200, { data: [summary], nextCursor: hasNext ? 'eml_1' : null }];
    },
    'PATCH /v1/emails/eml_1': () => [200, { ...summary, status: 'scheduled' }],
    'GET /v1/emails/eml_1': () => [
      200,
      {
        ...summary,
        cc: [],
        bcc: [],
        replyTo: [],
        tags: {},
        attachments: [{ filename: 'a.txt', contentType: 'text/plain', size: 1 }],
        sesMessageId: '1',
        error: null,
        events: [{ type: 'send', at: NOW, recipients: [], detail: {} }],
      },
    ],
    // Never responds: the journey aborts it.
    'GET /v1/emails/eml_slow': () => undefined,
    'PUT /v1/settings': () => [200, { tracking: false, trackingConfigurationSets: [], feed: true }],
    'GET /v1/events': ({ search }) => {
      const data = new URLSearchParams(search).get('after') === '0' ? [event] : [];
      return [200, { data, oldestNumber: 1, newestNumber: 1 }];
    },
    'POST /v1/session': () => [200, session],
    'GET /v1/session': () => [200, session],
    'DELETE /v1/session': () => [204],
  };
  const missing = () => [
    404,
    {
      type: 'https://kraiter.example.com/docs/errors#not_found',
      title: 'Not Found',
      status: 404,
      detail: 'There is no such email.',
      code: 'not_found',
      requestId: 'req_1',
    },
  ];

  const server = createServer(async (request, response) => {
    const [path, search] = request.url.split('?');
    if (!path.startsWith('/v1/')) {
      return typeof pages === 'function' ? pages(request, response) : page(pages, path, response);
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push({
      line: `${request.method} ${request.url}`,
      headers: request.headers,
      body: `${Buffer.concat(chunks)}`,
    });
    const result = (routes[`${request.method} ${path}`] ?? missing)({ search, body: requests.at(-1).body });
    if (!result) return;
    const [code, body] = result;
    const contentType =
      typeof body === 'string'
        ? 'text/plain; charset=utf-8'
        : code < 400
          ? 'application/json'
          : 'application/problem+json';
    response.writeHead(code, { 'content-type': contentType });
    response.end(typeof body === 'string' ? body : body && JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    url,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

function page(folder, path, response) {
  const file = join(folder ?? '', normalize(path === '/' ? 'index.html' : path));
  const stream = createReadStream(file);
  stream.on('error', () => response.writeHead(404).end());
  stream.on('open', () => {
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'text/plain',
      'content-security-policy': POLICY,
    });
    stream.pipe(response);
  });
}

/** The result of the journey with this API. */
export const EXPECTED = {
  steps: ['loading', 'choose_region', 'open_link', 'verifying', 'connected'],
  unexpectedProperties: [],
  identity: 1,
  listed: 1,
  template: [['name'], 1, 3, 2, 'Hello Ada', 'Ada', true],
  domain: ['idn_1', true, '$ORIGIN example.com.', true],
  events: 'awaited',
  elsewhere: 'invalid_region',
  email: ['sent', 1, null, 'Grüße', 'send', 'a.txt', 202],
  iterated: ['eml_1', 'eml_1'],
  batch: ['queued', 'to'],
  region: {
    name: 'KraiterError',
    code: 'invalid_region',
    message: 'Not a region where Amazon SES v2 is available.',
    field: 'region',
    help: 'Use the code of a region where Amazon SES is available, such as eu-west-1.',
    isError: true,
  },
  missing: {
    name: 'KraiterError',
    code: 'not_found',
    message: 'There is no such email.',
    status: 404,
    requestId: 'req_1',
    isError: true,
  },
  aborted: { name: 'KraiterError', code: 'aborted', message: 'The request was aborted.', isError: true },
  disconnected: 'disconnected',
  session: ['Example', 'org_1', true],
};
