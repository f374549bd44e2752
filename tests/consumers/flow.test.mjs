import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { project } from './project.mjs';

let sdk;
let folder;
before(async () => {
  folder = join(await project('flow'), 'node_modules', '@kraiter', 'sdk');
  sdk = await import(join(folder, 'node.js'));
});

const realFetch = globalThis.fetch;
/** What the API says of the connection; a number is the status of a refusal, `undefined` no network. */
let api;
let asked;
beforeEach(() => {
  api = { status: 'verifying', stackRegion: 'eu-west-1', reason: null, regions: [] };
  asked = [];
  globalThis.fetch = async (request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    if (api === undefined) throw new TypeError('fetch failed');
    return typeof api === 'number'
      ? Response.json({ code: 'code', detail: 'detail' }, { status: api })
      : Response.json(api);
  };
});
afterEach(() => (globalThis.fetch = realFetch));
after(() => (globalThis.fetch = realFetch));

const LOOK = 'GET /v1/aws-binding';
const open = (options) =>
  new sdk.Kraiter({ baseUrl: 'https://kraiter.example.com', apiKey: 'kr_test' }).awsBinding.flow(options);

/** The next state whose step is this one. */
const next = (flow, step) =>
  new Promise((resolve) => {
    if (flow.state.step === step) return resolve(flow.state);
    const stop = flow.subscribe((state) => {
      if (state.step !== step) return;
      stop();
      resolve(state);
    });
  });

/** Lets everything happen that needs no time. */
const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('a flow is loading until it knows more, and its methods need no owner', async () => {
  const { retry, cancel, start, free, subscribe } = open();
  const flow = open();
  assert.deepEqual(flow.state, { step: 'loading' });
  await next(flow, 'verifying');
  flow.free();
  // Asked for before the module is loaded: in order, and nothing of it is lost.
  const told = [];
  subscribe(({ step }) => told.push(step));
  start('mars');
  cancel();
  retry();
  await settle();
  free();
  assert.deepEqual(told, ['cancelled', 'verifying']);
});

test('each listener is told until it is removed, and one that throws is nobody else’s matter', async (t) => {
  const flow = open();
  const told = { one: [], two: [] };
  const listener = ({ step }) => told.one.push(step);
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
  flow.subscribe(({ step }) => told.two.push(step));
  await next(flow, 'verifying');
  stop();
  stop();
  flow.cancel();
  flow.free();
  await settle();
  assert.deepEqual(thrown, ['mine, at verifying', 'mine, at cancelled']);
  assert.deepEqual(told, { one: ['verifying', 'verifying', 'cancelled'], two: ['verifying', 'cancelled'] });
});

test('a loop sees the state and each change, and ends with the flow', async () => {
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

test('leaving a loop does not end the flow, and freeing the flow ends a loop that waits', async () => {
  const flow = open();
  for await (const { step } of flow) if (step === 'verifying') break;
  const waiting = (async () => {
    const steps = [];
    for await (const { step } of flow) steps.push(step);
    return steps;
  })();
  await settle();
  flow.free();
  assert.deepEqual(await waiting, ['verifying']);
});

test('a slow loop misses what has passed and sees what is', async () => {
  const flow = open();
  const states = flow[Symbol.asyncIterator]();
  assert.equal((await states.next()).value.step, 'loading');
  await next(flow, 'verifying');
  flow.cancel();
  assert.equal((await states.next()).value.step, 'cancelled');
  flow.free();
  assert.equal((await states.next()).done, true);
});

test('a signal calls the flow off and ends it', async () => {
  const controller = new AbortController();
  const flow = open({ signal: controller.signal });
  const told = [];
  flow.subscribe(({ step }) => told.push(step));
  await next(flow, 'verifying');
  controller.abort();
  flow.retry();
  await settle();
  assert.deepEqual([told, flow.state, asked], [['verifying', 'cancelled'], { step: 'cancelled' }, [LOOK]]);
  const late = open({ signal: controller.signal });
  await settle();
  assert.deepEqual([late.state, asked], [{ step: 'cancelled' }, [LOOK]]);
});

test('of a flow that was freed nothing is left, whoever frees it and however often', async () => {
  const flow = open();
  const told = [];
  flow.subscribe((state) => {
    told.push(state.step);
    flow.free();
    flow.free();
  });
  await next(flow, 'verifying');
  const early = open();
  early.free();
  flow.start('eu-west-1');
  flow.retry();
  flow.cancel();
  assert.equal(typeof flow.subscribe(() => told.push('late')), 'function');
  await settle();
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
  assert.deepEqual([told, asked, timers], [['verifying'], [LOOK], []]);
});

test('what failed is a real error, also behind a network that is gone', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  api = 503;
  const flow = open();
  const failed = await next(flow, 'failed');
  assert.ok(sdk.isKraiterError(failed.error) && failed.error.status === 503 && failed.canRetry);
  api = undefined;
  flow.retry();
  const { last } = await next(flow, 'offline');
  assert.ok(last.step === 'failed' && sdk.isKraiterError(last.error));
  flow.free();
});

test('a module that could not be loaded is loaded again when it is needed again', async () => {
  // The entry for pages asks `fetch` for the module, and here it gets none.
  const { Kraiter, isKraiterError } = await import(join(folder, 'index.js?page'));
  const kraiter = new Kraiter({ baseUrl: 'https://kraiter.example.com' });
  // Loaded by the entry for Node.js in this process already: another copy hasn't.
  const copy = await import(`${join(folder, 'lib', 'module.js')}?copy`);
  let works = false;
  const source = async () => {
    if (!works) throw new TypeError('no network');
    return readFile(join(folder, 'dist', 'kraiter_bg.wasm'));
  };
  const thrown = await copy.load(source).then(
    () => undefined,
    (error) => error,
  );
  assert.ok(isKraiterError(thrown) && thrown.code === 'module_not_loaded' && thrown.cause.message === 'no network');
  works = true;
  assert.ok(await copy.load(source));
  assert.equal((await kraiter.awsBinding.get()).status, 'verifying');
});
