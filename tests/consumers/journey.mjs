// @ts-check

/** @import { ConnectFlow, FlowState } from '@kraiter/sdk' */

/**
 * The properties of each step, checked against the package's types.
 * @type {{ [Step in FlowState['step']]?: (keyof Extract<FlowState, { step: Step }>)[] }}
 */
const PROPERTIES = {
  loading: ['step'],
  choose_region: ['step', 'regions'],
  open_link: ['step', 'link', 'details', 'binding'],
  verifying: ['step', 'binding', 'reason'],
  connected: ['step', 'binding'],
};

/**
 * Uses the package as a customer does, the same way on every platform. Returns the results.
 * @param {typeof import('@kraiter/sdk')} sdk
 * @param {string} baseUrl
 */
export async function journey({ Kraiter, KraiterError, isKraiterError }, baseUrl) {
  const kraiter = new Kraiter({ baseUrl, apiKey: 'kr_test' });
  const states = await connect(kraiter.awsBinding.flow());
  const unexpectedProperties = states.filter((state) => `${Object.keys(state)}` !== `${PROPERTIES[state.step]}`);

  const identity = await kraiter.identities.create({ identity: 'example.com', region: undefined });
  const listed = await kraiter.identities.list({ region: ['eu-west-1', 'us-east-1'], limit: 5 });
  const { id } = await kraiter.identities.setDkim(identity.id, { keyLength: 2048 });
  const { complete } = await kraiter.identities.checkDns(id);
  const zone = await kraiter.identities.zoneFile(id);
  const { events } = await kraiter.awsBinding.setUpEvents({ topicArn: 'arn:aws:sns:eu-west-1:123456789012:events' });

  const draft = { subject: 'Hello {{ name }}', text: '{{ name }}' };
  const variables = { name: 'Ada', nested: [1, null, { a: true }] };
  const template = await kraiter.templates.create({ name: 'Welcome', ...draft });
  const templateResults = [
    template.variables.map(({ name }) => name),
    (await kraiter.templates.list({ limit: 1 })).data.length,
    (await kraiter.templates.get(template.id, { version: 3 })).version,
    (await kraiter.templates.update(template.id, { name: 'Welcome', ...draft, version: template.version })).version,
    (await kraiter.templates.preview(template.id, { variables })).subject,
    (await kraiter.templates.previewDraft({ ...draft, variables })).text,
    (await kraiter.templates.delete(template.id)) === undefined,
  ];
  await kraiter.emails.send({ from: 'a@example.com', to: 'b@example.com', template: { id: template.id, variables } });

  const sent = await kraiter.emails.send({
    from: 'a@example.com',
    to: ['b@example.com'],
    subject: 'Grüße',
    text: '✓',
    attachments: [{ filename: 'a.txt', content: new Uint8Array([97]) }],
  });
  const batch = await kraiter.emails.batch([{ from: 'a@example.com', to: 'b@example.com', subject: 'x', text: 'x' }]);
  const page = await kraiter.emails.list({ limit: 1, cursor: undefined });
  const email = await kraiter.emails.get(sent.id);
  const iterated = [];
  for await (const { id } of kraiter.emails.list({ since: new Date(0) })) iterated.push(id);

  /** @param {Promise<unknown>} promise */
  const outcome = async (promise) => {
    try {
      return await promise;
    } catch (/** @type {unknown} */ error) {
      if (!isKraiterError(error)) return `not a KraiterError: ${error}`;
      const { name, code, message, field, status, requestId, help } = error;
      const isError = error instanceof Error && error instanceof KraiterError;
      return { name, code, message, field, status, requestId, help, isError };
    }
  };
  const controller = new AbortController();
  const aborted = outcome(kraiter.emails.get('eml_slow', { signal: controller.signal }));
  controller.abort('left the page');

  return {
    steps: states.map(({ step }) => step),
    unexpectedProperties,
    identity: (await kraiter.identities.get(identity.id)).dnsRecords.length,
    listed: listed.data.length,
    template: templateResults,
    domain: [id, complete, zone, (await kraiter.identities.delete(id)) === undefined],
    events,
    // @ts-expect-error: not a region
    elsewhere: await kraiter.identities.list({ region: 'mars' }).then(
      ({ data }) => data,
      (error) => error.code,
    ),
    email: [
      sent.status,
      page.data.length,
      page.nextCursor,
      email.subject,
      email.events[0]?.type,
      email.attachments[0]?.filename,
      sent.lastResponse.status,
    ],
    iterated,
    batch: batch.data.map((outcome) => ('error' in outcome ? outcome.error.field : outcome.status)),
    // @ts-expect-error: not a region
    region: await outcome(kraiter.awsBinding.connect({ region: 'mars' })),
    missing: await outcome(kraiter.emails.get('../none')),
    aborted: await aborted,
    disconnected: (await kraiter.awsBinding.disconnect()).status,
    session: [
      (await kraiter.session.create('kr_test')).organisation.name,
      (await kraiter.session.get()).organisation.id,
      (await kraiter.session.end()) === undefined,
    ],
  };
}

/**
 * Connects the account. Returns the flow's states.
 * @param {ConnectFlow} flow
 */
async function connect(flow) {
  /** @type {FlowState[]} */
  const states = [];
  for await (const state of flow) {
    states.push(state);
    const [region] = state.step === 'choose_region' ? state.regions : [];
    if (region) flow.start(region.region);
    if (state.step === 'connected' || state.step === 'failed') break;
  }
  flow.free();
  return states;
}
