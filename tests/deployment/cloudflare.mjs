// A stand-in for the part of Cloudflare's API that wrangler uses to deploy Kraiter. What is deployed runs in workerd.
//
//   node cloudflare.mjs <directory for its state> <port of the API> <port of the Worker>
//
// GET /stand-in/changes returns the requests that have changed something, GET /stand-in/secrets and /stand-in/variables what the Worker has.
// POST /stand-in/fail?path=… makes the next request whose path contains it fail.

import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import process from 'node:process';
import { Runtime } from './runtime.mjs';

const [, , directory, port, workerPort] = process.argv;
const ACCOUNT = '0123456789abcdef0123456789abcdef';

const runtime = new Runtime(directory, Number(workerPort));
const databases = new Map();
const blobs = new Map();
const manifests = new Map();
const changes = [];
let failing;
/** The Worker, once its first secret is set or its first version is uploaded. */
let worker;

class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

const existing = () => {
  if (!worker) throw new Refusal(404, 10007, 'This Worker does not exist on your account.');
  return worker;
};

/** Makes a version the deployed one, with the secrets. */
async function deploy(id, annotations = {}) {
  const version = worker.versions.find((other) => other.id === id);
  const deployment = {
    id: randomUUID(),
    source: 'wrangler',
    strategy: 'percentage',
    author_email: 'operator@example.com',
    created_on: new Date().toISOString(),
    annotations,
    versions: [{ version_id: id, percentage: 100 }],
  };
  worker.deployments.unshift(deployment);
  if (version.metadata) await runtime.run(version, worker.secrets);
  return deployment;
}

function add(version) {
  const added = {
    id: randomUUID(),
    number: worker.versions.length + 1,
    ...version,
    classes: new Set(worker.classes),
  };
  worker.versions.unshift(added);
  return added;
}

const shown = ({ id, number, metadata, annotations }) => ({
  id,
  number,
  metadata: {
    author_email: 'operator@example.com',
    created_on: new Date().toISOString(),
    source: 'wrangler',
    has_preview: false,
  },
  annotations,
  resources: { bindings: metadata?.bindings ?? [], script: {}, script_runtime: {} },
  startup_time_ms: 1,
});

async function upload(form) {
  worker ??= { secrets: {}, versions: [], deployments: [], classes: new Set() };
  const metadata = JSON.parse(await (form.get('metadata').text?.() ?? form.get('metadata')));
  const { migrations, assets: { jwt } = {} } = metadata;
  if (migrations) {
    if ((migrations.old_tag ?? undefined) !== worker.tag) throw new Refusal(412, 10079, 'The migration tag differs.');
    worker.tag = migrations.new_tag;
    for (const { new_sqlite_classes: classes = [] } of migrations.steps) {
      for (const name of classes) worker.classes.add(name);
    }
  }
  const modules = [];
  for (const [name, part] of form) {
    if (name !== 'metadata' && part.type !== 'application/source-map') {
      modules.push({ name, type: part.type, bytes: Buffer.from(await part.arrayBuffer()) });
    }
  }
  const manifest = Object.entries(manifests.get(jwt) ?? {});
  const assets = manifest.map(([name, { hash }]) => [name, blobs.get(hash)]);
  const annotations = { 'workers/triggered_by': 'upload', ...metadata.annotations };
  return add({ metadata, modules, assets, annotations });
}

async function setSecrets(patch) {
  if (!existing().versions.length) add({ annotations: {} });
  for (const [name, secret] of Object.entries(patch)) {
    if (secret === null) delete worker.secrets[name];
    else worker.secrets[name] = secret.text;
  }
  const { id: _, number: __, ...same } = worker.versions[0];
  const { id } = add({ ...same, annotations: { 'workers/triggered_by': 'secret' } });
  await deploy(id);
  return secretNames();
}

/** The variables of the version that runs. */
function variables() {
  const [{ version_id: id }] = existing().deployments[0].versions;
  const { bindings } = worker.versions.find((version) => version.id === id).metadata;
  return Object.fromEntries(bindings.filter(({ type }) => type === 'plain_text').map(({ name, text }) => [name, text]));
}

const secretNames = () => Object.keys(existing().secrets).map((name) => ({ name, type: 'secret_text' }));

const scripts = String.raw`/workers/scripts/[\w-]+`;

/** Method, path below the account, and what responds. */
const ROUTES = [
  ['GET', '/d1/database', () => [...databases.values()]],
  [
    'POST',
    '/d1/database',
    async ({ json }) => {
      const database = { uuid: randomUUID(), name: json().name, version: 'production', num_tables: 0, file_size: 0 };
      databases.set(database.name, database);
      await runtime.createDatabase(database.uuid);
      return database;
    },
  ],
  [
    'POST',
    String.raw`/d1/database/[\w-]+/query`,
    ({ path, json }) => {
      database(path.split('/').at(-2));
      return runtime.query(json().sql, json().params);
    },
  ],
  ['GET', '/workers/subdomain', () => ({ subdomain: 'example' })],
  [
    'GET',
    String.raw`/workers/services/[\w-]+`,
    () => ({
      default_environment: {
        environment: 'production',
        script: { tag: 'x', last_deployed_from: 'wrangler', migration_tag: existing().tag },
      },
    }),
  ],
  ['GET', `${scripts}/secrets`, secretNames],
  ['PATCH', `${scripts}/secrets-bulk`, ({ json }) => setSecrets(json().secrets)],
  ['GET', `${scripts}/settings`, () => ({ bindings: existing().versions[0]?.metadata?.bindings ?? [] })],
  ['PATCH', `${scripts}/script-settings`, () => ({})],
  [
    'POST',
    `${scripts}/assets-upload-session`,
    ({ json }) => {
      const { manifest } = json();
      const jwt = createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
      manifests.set(jwt, manifest);
      const missing = [...new Set(Object.values(manifest).map(({ hash }) => hash))].filter((hash) => !blobs.has(hash));
      return { jwt, buckets: missing.length ? [missing] : [] };
    },
  ],
  [
    'POST',
    '/workers/assets/upload',
    async ({ form, headers }) => {
      for (const [hash, part] of await form()) blobs.set(hash, Buffer.from(await part.text(), 'base64'));
      return { jwt: headers.authorization.replace('Bearer ', '') };
    },
  ],
  [
    'PUT',
    scripts,
    async ({ form }) => {
      const version = await upload(await form());
      await deploy(version.id);
      return { id: 'kraiter-aws-setup', deployment_id: version.id, startup_time_ms: 1 };
    },
  ],
  ['POST', `${scripts}/versions`, async ({ form }) => shown(await upload(await form()))],
  [
    'GET',
    String.raw`${scripts}/versions/[\w-]+`,
    ({ path }) => shown(existing().versions.find(({ id }) => id === path.split('/').at(-1))),
  ],
  ['GET', `${scripts}/deployments`, () => ({ deployments: existing().deployments })],
  ['POST', `${scripts}/deployments`, ({ json }) => deploy(json().versions[0].version_id, json().annotations)],
  [
    'GET',
    String.raw`/workers/workers/[\w-]+`,
    () => ({ subdomain: { enabled: existing().subdomain ?? false, previews_enabled: false } }),
  ],
  [
    'POST',
    `${scripts}/subdomain`,
    ({ json }) => {
      existing().subdomain = json().enabled;
      return json();
    },
  ],
  ['PUT', `${scripts}/schedules`, ({ json }) => ({ schedules: json() })],
];

/** Routes that are POST requests but change nothing. */
const READS = ['/stand-in/', '/query', '/assets-upload-session'];

function database(id) {
  const found = [...databases.values()].find(({ uuid, name }) => [uuid, name].includes(id));
  if (!found) throw new Refusal(404, 7404, `The database ${id} could not be found.`);
  return found;
}

function respond(request) {
  const { method, path } = request;
  if (path === '/stand-in/changes') return changes;
  if (path === '/stand-in/secrets') return existing().secrets;
  if (path === '/stand-in/variables') return variables();
  if (path === '/stand-in/fail') {
    failing = request.url.searchParams.get('path');
    return {};
  }
  if (failing && path.includes(failing)) {
    failing = undefined;
    throw new Refusal(400, 10000, 'The stand-in fails on purpose.');
  }
  if (method !== 'GET' && !READS.some((part) => path.includes(part))) changes.push(`${method} ${path}`);
  if (path === '/user') return { id: 'user', email: 'operator@example.com' };
  if (path === '/user/tokens/verify') return { id: 'token', status: 'active' };
  if (path === '/accounts') return [{ id: ACCOUNT, name: 'Kraiter' }];
  if (path === '/memberships') return [{ id: 'membership', account: { id: ACCOUNT, name: 'Kraiter' }, roles: [] }];
  const below = path.startsWith(`/accounts/${ACCOUNT}/`) ? path.slice(`/accounts/${ACCOUNT}`.length) : '';
  const route = ROUTES.find(([verb, pattern]) => verb === method && new RegExp(`^${pattern}$`).test(below));
  if (!route) throw new Refusal(404, 7003, `The stand-in has no ${method} ${path}.`);
  return route[2](request);
}

const server = http.createServer(async (incoming, outgoing) => {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const url = new URL(incoming.url, 'http://127.0.0.1');
  const { method, headers } = incoming;
  const request = {
    method,
    url,
    path: url.pathname,
    headers,
    json: () => JSON.parse(body.toString()),
    form: () => new Response(body, { headers: { 'content-type': headers['content-type'] } }).formData(),
  };
  const send = (status, content) => {
    outgoing.writeHead(status, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify({ messages: [], ...content }));
  };
  try {
    const result = await respond(request);
    const page = Array.isArray(result)
      ? { result_info: { page: 1, per_page: 100, count: result.length, total_count: result.length } }
      : {};
    send(200, { success: true, errors: [], result, ...page });
    console.log(`${method} ${incoming.url}`);
  } catch (error) {
    const { status = 500, code = 10000, message } = error;
    console.log(`${method} ${incoming.url}: ${status} ${error.stack}`);
    send(status, { success: false, errors: [{ code, message }], result: null });
  }
});

await runtime.ready();
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
process.on('SIGTERM', async () => {
  await runtime.stop();
  process.exit(0);
});
