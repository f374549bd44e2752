// The Worker's bindings and `fetch`, with a boundary before and after each call.
import { AsyncLocalStorage } from 'node:async_hooks';
import { cross } from './boundaries.mjs';

/** The request or object that code runs for. */
export const current = new AsyncLocalStorage();

/** Returns `target` with some properties replaced. Methods of native objects need their own `this`. */
export function override(target, replaced) {
  return new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(replaced, name)) return replaced[name];
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' && name !== 'constructor' ? value.bind(target) : value;
    },
  });
}

async function send(actor, kind, detail, connect, signal) {
  cross(actor, kind, detail);
  const response = await actor.connections.use(connect, signal);
  cross(actor, `${kind} response`, detail);
  return response;
}

const realFetch = globalThis.fetch;

globalThis.fetch = (target, init) => {
  const actor = current.getStore();
  if (!actor) return realFetch(target, init);
  const { pathname } = new URL(typeof target === 'string' ? target : target.url);
  return send(actor, 'fetch', pathname, () => realFetch(target, init), init?.signal);
};

/** Returns the Worker's bindings for `actor`. */
export function wrapEnv(actor, env) {
  const wrapped = { ...env, DB: wrapDatabase(actor, env.DB) };
  for (const name of ['ORGANISATION', 'SENDER', 'RATE_LIMITER', 'TOTALS']) {
    wrapped[name] = wrapNamespace(actor, name, env[name]);
  }
  return wrapped;
}

function wrapNamespace(actor, name, namespace) {
  const wrapStub = (stub) =>
    override(stub, {
      fetch: (request, init) => send(actor, 'call', name, () => stub.fetch(request, init)),
    });
  return override(namespace, {
    get: (id, options) => wrapStub(namespace.get(id, options)),
    getByName: (id, options) => wrapStub(namespace.getByName(id, options)),
  });
}

function wrapDatabase(actor, database) {
  const run = (target, method, sql) => ({
    [method]: (...values) => send(actor, 'd1', sql, () => target[method](...values)),
  });
  const wrapStatement = (statement, sql) =>
    override(statement, {
      bind: (...values) => wrapStatement(statement.bind(...values), sql),
      ...run(statement, 'all', sql),
      ...run(statement, 'first', sql),
      ...run(statement, 'raw', sql),
      ...run(statement, 'run', sql),
    });
  return override(database, {
    prepare: (sql) => wrapStatement(database.prepare(sql), sql),
    ...run(database, 'batch', 'batch'),
    ...run(database, 'exec', 'exec'),
  });
}
