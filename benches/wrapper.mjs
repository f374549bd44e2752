// Wraps the built Worker for the benchmark: counts every call that costs money or time, and optionally enforces Cloudflare's limit of
// six connections. It patches the runtime's classes once per isolate, so the Worker's code runs unchanged. Never deployed.
//
//   GET /__bench/counts      returns the counts since the last call
//   POST /__bench/scheduled  runs the cron job, at `?time=` milliseconds
//   POST /__bench/alarms     runs the alarm of every object that has set one
//   POST /__bench/clock      lets the clock run `?ahead=` milliseconds ahead
//   POST /__bench/clone      copies the newest row of `?table=` `?rows=` times, in D1 and in every object that has been called, each copy
//                            `?every=` milliseconds older. In texts, `?unique=` is followed by a number

import { AsyncLocalStorage } from 'node:async_hooks';
import { moveClock, RealDate, toRealTime } from './clock.mjs';
import { clone } from './clone.mjs';

/** Where the code runs: one key per request of the Worker, and one per object, since all requests of an object share one. */
const context = new AsyncLocalStorage();

let counts = {};
let cursors = [];
const objects = new Map();

function count(name, n = 1) {
  counts[name] = (counts[name] ?? 0) + n;
}

/** A cursor holds memory. Fewer than this many are being read at the same time. */
const MAX_CURSORS = 100;

function countRows(cursors) {
  for (const cursor of cursors) {
    count('objectRowsWritten', cursor.rowsWritten);
    count('objectRowsRead', cursor.rowsRead);
  }
}

/** Counts the rows of a statement. A cursor knows them once it has been read, so the newest ones are counted later. */
function addCursor(cursor) {
  cursors.push(cursor);
  if (cursors.length >= 2 * MAX_CURSORS) countRows(cursors.splice(0, MAX_CURSORS));
}

function takeCounts() {
  countRows(cursors);
  cursors = [];
  const taken = counts;
  counts = {};
  return taken;
}

/** The time during which an object is in use is billed. Requests that overlap are billed once. */
const active = new Map();

async function whileActive(key, run) {
  const object = active.get(key) ?? { requests: 0, since: 0 };
  active.set(key, object);
  if (object.requests++ === 0) object.since = RealDate.now();
  try {
    return await run();
  } finally {
    if (--object.requests === 0) count('objectMilliseconds', RealDate.now() - object.since);
  }
}

let connections = Number.POSITIVE_INFINITY;
const limits = new Map();

/** Waits until the context has a free connection, then runs `call` and holds the connection until it returns. */
async function connected(signal, call) {
  if (connections === Number.POSITIVE_INFINITY) return call();
  const key = context.getStore() ?? 'none';
  const limit = limits.get(key) ?? { used: 0, waiting: [] };
  limits.set(key, limit);
  if (limit.used >= connections) {
    count('connectionsWaitedFor');
    await new Promise((resolve, reject) => {
      limit.waiting.push(resolve);
      signal?.addEventListener('abort', () => {
        const index = limit.waiting.indexOf(resolve);
        if (index >= 0) limit.waiting.splice(index, 1);
        reject(signal.reason);
      });
    });
  } else {
    limit.used++;
  }
  try {
    return await call();
  } finally {
    const next = limit.waiting.shift();
    if (next) next();
    else if (--limit.used === 0) limits.delete(key);
  }
}

/** Replaces a method, unless it is already replaced. `replace(original)` returns the new one. */
function patch(prototype, name, replace) {
  const original = prototype?.[name];
  if (typeof original !== 'function' || original.isPatched) return;
  const patched = replace(original);
  patched.isPatched = true;
  Object.defineProperty(prototype, name, { value: patched, configurable: true, writable: true });
}

patch(globalThis, 'fetch', (original) => (input, init) => {
  count('fetches');
  return connected(init?.signal ?? input?.signal, () => original.call(globalThis, input, init));
});

/** Nothing clears this timer before it rings, and the runtime lets an object have 10,000 timers. */
patch(AbortSignal, 'timeout', (original) => (milliseconds) => {
  count('timersLeft');
  return original.call(AbortSignal, milliseconds);
});

function patchEnvironment(env) {
  for (const [name, binding] of Object.entries(env)) {
    const type = binding?.constructor?.name;
    if (type === 'DurableObjectNamespace') patchNamespace(name, binding);
    if (type === 'D1Database') patchDatabase(binding);
  }
}

/** Only the namespaces differ, so each gets its own methods. Stubs of all namespaces share a class. */
function patchNamespace(name, namespace) {
  for (const method of ['get', 'getByName']) {
    patch(namespace, method, (original) => (...args) => {
      const stub = original.apply(namespace, args);
      objects.set(stub.id.toString(), { name, namespace, id: stub.id });
      return countingStub(name, stub);
    });
  }
}

/** A stub's methods are calls, whether `fetch` or a remote procedure. */
function countingStub(name, stub) {
  return new Proxy(stub, {
    get(target, property) {
      const value = Reflect.get(target, property, target);
      if (typeof value !== 'function' || property === 'constructor') return value;
      return (...args) => {
        count('objectCalls');
        count(`objectCalls:${name}`);
        return connected(undefined, () => value.apply(target, args));
      };
    },
  });
}

function patchDatabase(database) {
  const session = Object.getPrototypeOf(database.withSession());
  patch(
    session,
    '_send',
    (original) =>
      async function (...args) {
        count('d1RoundTrips');
        const results = await connected(undefined, () => original.apply(this, args));
        for (const { meta } of [results].flat()) {
          count('d1RowsWritten', meta?.rows_written ?? 0);
          count('d1RowsRead', meta?.rows_read ?? 0);
        }
        return results;
      },
  );
}

function patchStorage(storage) {
  const prototype = Object.getPrototypeOf(storage);
  patch(
    Object.getPrototypeOf(storage.sql),
    'exec',
    (original) =>
      function (...args) {
        count('execs');
        const cursor = original.apply(this, args);
        addCursor(cursor);
        return cursor;
      },
  );
  patch(
    prototype,
    'setAlarm',
    (original) =>
      function (time, ...rest) {
        count('alarmsSet');
        return original.call(this, new Date(toRealTime(time)), ...rest);
      },
  );
  for (const name of ['transaction', 'transactionSync']) {
    patch(
      prototype,
      name,
      (original) =>
        function (...args) {
          count('transactions');
          return original.apply(this, args);
        },
    );
  }
  for (const name of ['put', 'delete']) {
    patch(
      prototype,
      name,
      (original) =>
        function (...args) {
          count('objectRowsWritten');
          return original.apply(this, args);
        },
    );
  }
}

const RUN_ALARM = 'http://bench/__bench/alarm';
const CLONE = 'http://bench/__bench/clone';

/** Returns the class `Inner` of the Worker's objects, counted. */
export function wrapObject(Inner) {
  class Wrapped extends Inner {
    constructor(state, env) {
      patchStorage(state.storage);
      patchEnvironment(env);
      super(state, env);
      states.set(this, state);
    }

    fetch(request) {
      if (request.url === RUN_ALARM) return runAlarm(this);
      if (request.url.startsWith(CLONE)) return cloneHere(this, new URL(request.url).searchParams);
      return enter(this, () => super.fetch(request));
    }

    alarm(...args) {
      count('alarmsRun');
      return enter(this, () => super.alarm(...args));
    }
  }
  return Wrapped;
}

const states = new WeakMap();

/** Runs an object's alarm early, if it has set one. */
async function runAlarm(object) {
  const { storage } = states.get(object);
  if ((await storage.getAlarm()) !== null) {
    await storage.deleteAlarm();
    await object.alarm();
  }
  return new Response();
}

async function cloneHere(object, parameters) {
  const { sql } = states.get(object).storage;
  const run = (statement, ...values) => sql.exec(statement, ...values).toArray();
  return new Response(await cloneWith(run, parameters));
}

const cloneWith = (run, parameters) =>
  clone(run, parameters.get('table'), Number(parameters.get('rows')), {
    every: Number(parameters.get('every')),
    unique: parameters.get('unique') ?? '',
  });

function enter(object, run) {
  const key = states.get(object).id.toString();
  return context.run(key, () => whileActive(key, run));
}

/** Returns the Worker's handler, counted, with the benchmark's own paths. */
export function wrapEntry(Inner) {
  return class extends Inner {
    constructor(ctx, env) {
      super(ctx, env);
      patchEnvironment(env);
      connections = env.BENCH_CONNECTIONS ?? Number.POSITIVE_INFINITY;
    }

    fetch(request) {
      const url = new URL(request.url);
      if (url.pathname.startsWith('/__bench/')) return control(this.env, url, (event) => super.scheduled(event));
      count('requests');
      return context.run(Symbol('request'), () => super.fetch(request));
    }
  };
}

async function control(env, url, scheduled) {
  const number = (name) => Number(url.searchParams.get(name));
  switch (url.pathname) {
    case '/__bench/counts':
      return Response.json(takeCounts());
    case '/__bench/scheduled':
      await scheduled({ scheduledTime: number('time'), cron: '*/15 * * * *', noRetry() {} });
      break;
    case '/__bench/alarms':
      for (const { namespace, id } of [...objects.values()])
        await namespace.get(id).fetch(RUN_ALARM, { method: 'POST' });
      break;
    case '/__bench/clock':
      moveClock(number('ahead'));
      break;
    case '/__bench/clone':
      return new Response(await cloneEverywhere(env, url));
    default:
      return new Response('no such path', { status: 404 });
  }
  return new Response();
}

/** Returns the number of rows that were copied. */
async function cloneEverywhere(env, url) {
  const run = async (statement, ...values) =>
    (
      await env.DB.prepare(statement)
        .bind(...values)
        .all()
    ).results;
  let rows = await cloneWith(run, url.searchParams);
  for (const { namespace, id } of [...objects.values()]) {
    const response = await namespace.get(id).fetch(`${CLONE}${url.search}`, { method: 'POST' });
    rows += Number(await response.text());
  }
  return rows;
}
