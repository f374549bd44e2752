import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { project } from './project.mjs';

let sdk;
let folder;
before(async () => {
  folder = join(await project('flow'), 'node_modules', '@kraiter', 'sdk');
  sdk = await import(join(folder, 'dist', 'server.js'));
});

const realFetch = globalThis.fetch;
/** The API's response: a connection, the status of an error, or `undefined` for no network. */
let api;
let requests;
beforeEach(() => {
  api = { status: 'verifying', stackRegion: 'eu-west-1', reason: null, regions: [] };
  requests = [];
  globalThis.fetch = async (resource, options) => {
    const { method, url } = new Request(resource, options);
    requests.push(`${method} ${new URL(url).pathname}`);
    if (api === undefined) throw new TypeError('fetch failed');
    return typeof api === 'number'
      ? Response.json({ code: 'code', detail: 'detail' }, { status: api })
      : Response.json(api);
  };
});
afterEach(() => (globalThis.fetch = realFetch));
after(() => (globalThis.fetch = realFetch));

const POLL = 'GET /v1/aws-binding';
const open = (options) =>
  new sdk.Kraiter({ baseUrl: 'https://kraiter.example.com', apiKey: 'kr_test' }).awsBinding.flow(options);

/** Waits for a state with this step. */
const reached = (flow, step) =>
  new Promise((resolve) => {
    if (flow.state.step === step) return resolve(flow.state);
    const stop = flow.subscribe((state) => {
      if (state.step !== step) return;
      stop();
      resolve(state);
    });
  });

/** Waits for a few turns of the event loop. */
const flush = async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('a flow starts in the state loading, and its methods work without the object', async () => {
  const { retry, cancel, start, free, subscribe } = open();
  const flow = open();
  assert.deepEqual(flow.state, { step: 'loading' });
  await reached(flow, 'verifying');
  flow.free();
  // Calls made before the module is loaded are kept in order.
  const steps = [];
  subscribe(({ step }) => steps.push(step));
  start('mars');
  cancel();
  retry();
  await flush();
  free();
  assert.deepEqual(steps, ['cancelled', 'verifying']);
});

test('a listener is called until it is removed, and one that throws doesn’t affect the others', async (t) => {
  const flow = open();
  const steps = { one: [], two: [] };
  const listener = ({ step }) => steps.one.push(step);
  const stop = flow.subscribe(listener);
  flow.subscribe(listener);
  const thrown = [];
  const real = globalThis.queueMicrotask;
  t.mock.method(globalThis, 'queueMicrotask', (task) =>
    real(() => {
      try {
        task();
      } catch (error) {
        thrown.push(error.message);
      }
    }),
  );
  flow.subscribe(({ step }) => {
    throw new Error(`mine, at ${step}`);
  });
  flow.subscribe(({ step }) => steps.two.push(step));
  await reached(flow, 'verifying');
  stop();
  stop();
  flow.cancel();
  flow.free();
  await flush();
  assert.deepEqual(thrown, ['mine, at verifying', 'mine, at cancelled']);
  assert.deepEqual(steps, { one: ['verifying', 'verifying', 'cancelled'], two: ['verifying', 'cancelled'] });
});

test('an iterator yields the current state and each change, and ends with the flow', async () => {
  const flow = open();
  const steps = [];
  for await (const { step } of flow) {
    steps.push(step);
    if (step === 'verifying') flow.cancel();
    if (step === 'cancelled') flow.free();
  }
  assert.deepEqual(steps, ['loading', 'verifying', 'cancelled']);
  assert.deepEqual((await flow[Symbol.asyncIterator]().next()).value, { step: 'cancelled' });
});

test('leaving a loop doesn’t end the flow, and freeing the flow ends a waiting loop', async () => {
  const flow = open();
  for await (const { step } of flow) if (step === 'verifying') break;
  const waiting = (async () => {
    const steps = [];
    for await (const { step } of flow) steps.push(step);
    return steps;
  })();
  await flush();
  flow.free();
  assert.deepEqual(await waiting, ['verifying']);
});

test('a slow iterator skips outdated states', async () => {
  const flow = open();
  const states = flow[Symbol.asyncIterator]();
  assert.equal((await states.next()).value.step, 'loading');
  await reached(flow, 'verifying');
  flow.cancel();
  assert.equal((await states.next()).value.step, 'cancelled');
  flow.free();
  assert.equal((await states.next()).done, true);
});

test('an aborted signal cancels and ends the flow', async () => {
  const controller = new AbortController();
  const flow = open({ signal: controller.signal });
  const steps = [];
  flow.subscribe(({ step }) => steps.push(step));
  await reached(flow, 'verifying');
  controller.abort();
  flow.retry();
  await flush();
  assert.deepEqual([steps, flow.state, requests], [['verifying', 'cancelled'], { step: 'cancelled' }, [POLL]]);
  const late = open({ signal: controller.signal });
  await flush();
  assert.deepEqual([late.state, requests], [{ step: 'cancelled' }, [POLL]]);
});

test('a freed flow leaves nothing behind, even if a listener frees it twice', async () => {
  const flow = open();
  const steps = [];
  flow.subscribe((state) => {
    steps.push(state.step);
    flow.free();
    flow.free();
  });
  await reached(flow, 'verifying');
  const early = open();
  early.free();
  flow.start('eu-west-1');
  flow.retry();
  flow.cancel();
  assert.equal(typeof flow.subscribe(() => steps.push('late')), 'function');
  await flush();
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
  assert.deepEqual([steps, requests, timers], [['verifying'], [POLL], []]);
});

test('a failed state holds a KraiterError, also as the last state while offline', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  api = 503;
  const flow = open();
  const failed = await reached(flow, 'failed');
  assert.ok(sdk.isKraiterError(failed.error) && failed.error.status === 503 && failed.canRetry);
  api = undefined;
  flow.retry();
  const { last } = await reached(flow, 'offline');
  assert.ok(last.step === 'failed' && sdk.isKraiterError(last.error));
  flow.free();
});

test('a page that could not load the module loads it with the next call', async () => {
  const { Kraiter, isKraiterError } = await import(join(folder, 'dist', 'page', 'index.js'));
  const kraiter = new Kraiter({ baseUrl: 'https://kraiter.example.com' });
  let isOnline = false;
  const fetchApi = globalThis.fetch;
  globalThis.fetch = async (resource) => {
    if (!`${resource}`.endsWith('/dist/kraiter_bg.wasm')) return fetchApi(resource);
    if (!isOnline) throw new TypeError('no network');
    return new Response(await readFile(resource), { headers: { 'content-type': 'application/wasm' } });
  };
  const error = await kraiter.awsBinding.get().catch((error) => error);
  assert.ok(isKraiterError(error) && error.code === 'module_not_loaded' && error.cause.message === 'no network');
  assert.match(error.help, /\.wasm file is served.*content security policy/);
  isOnline = true;
  assert.equal((await kraiter.awsBinding.get()).status, 'verifying');
});

test('the error of a server that may not compile WebAssembly names the entries for it', async (t) => {
  const { Kraiter } = await import(join(folder, 'dist', 'server.js?forbidden'));
  t.mock.method(WebAssembly, 'instantiate', async () => {
    throw new WebAssembly.CompileError('Wasm code generation disallowed by embedder');
  });
  const kraiter = new Kraiter({ baseUrl: 'https://kraiter.example.com' });
  await assert.rejects(kraiter.awsBinding.get(), ({ code, help }) => {
    assert.equal(code, 'module_not_loaded');
    assert.match(help, /"workerd".*"edge-light"/);
    return true;
  });
});
