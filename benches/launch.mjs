// Runs one Worker in workerd and prints one line of JSON: its address, and workerd's process ID and program.
//
// Usage: node launch.mjs CONFIG.json
//
// Requests go straight to the Worker's own socket. Miniflare only writes workerd's configuration and simulates D1, for every Worker
// in the same way, so that all of them are measured under the same conditions.

import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unstable_getMiniflareWorkerOptions, unstable_splitSqlQuery } from 'wrangler';

// The Miniflare that belongs to the installed wrangler.
const fromWrangler = createRequire(createRequire(import.meta.url).resolve('wrangler'));
const { convertV4MiniflareOptions, Log, LogLevel, Miniflare } = fromWrangler('miniflare');
// workerd's package exports the path of its program.
const { default: program } = createRequire(fromWrangler.resolve('miniflare'))('workerd');

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));
// The checkout with the Worker that runs.
const checkout = config.root ?? root;
const wrangler = unstable_getMiniflareWorkerOptions(join(checkout, 'wrangler.toml')).workerOptions;

/** The Worker of this repository, as wrangler.toml configures it, optionally behind an entry module that counts or limits calls. */
function kraiter() {
  const build = join(checkout, 'crates/worker/build');
  const { assets: _, ...options } = wrangler;
  const modules = [
    { type: 'ESModule', path: join(build, 'index.js') },
    { type: 'CompiledWasm', path: join(build, 'index_bg.wasm') },
  ];
  if (config.wrapper) {
    modules.unshift(
      { type: 'ESModule', path: join(build, 'entry.mjs'), contents: wrapperEntry(options) },
      ...['benches/wrapper.mjs', 'benches/clone.mjs', 'tests/end-to-end/entry/clock.mjs'].map((path) => ({
        type: 'ESModule',
        path: join(build, basename(path)),
        contents: readFileSync(join(root, path), 'utf8'),
      })),
    );
  }
  // The wrapper needs AsyncLocalStorage.
  const flags = config.wrapper ? ['nodejs_als'] : [];
  return {
    ...options,
    compatibilityFlags: [...(options.compatibilityFlags ?? []), ...flags],
    modules,
    modulesRoot: build,
  };
}

/** An entry module that exports the Worker's handler and objects, each passed through the wrapper. */
function wrapperEntry(options) {
  const classes = Object.values(options.durableObjects ?? {}).map(({ className }) => className);
  return [
    'import * as worker from "./index.js";',
    'import { wrapEntry, wrapObject } from "./wrapper.mjs";',
    'export default wrapEntry(worker.default);',
    ...classes.map((name) => `export const ${name} = wrapObject(worker.${name});`),
  ].join('\n');
}

/** A bundled Worker to compare with, with a D1 database and the same compatibility date. */
function comparator() {
  return {
    compatibilityDate: wrangler.compatibilityDate,
    compatibilityFlags: [...(wrangler.compatibilityFlags ?? []), ...(config.compatibilityFlags ?? [])],
    modules: config.modules.map((path) => ({
      type: path.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule',
      path,
    })),
    modulesRoot: dirname(config.modules[0]),
    d1Databases: config.migrations ? { DB: 'comparator' } : {},
  };
}

/** Applies the SQL files of a directory. D1 runs one statement per call. */
async function migrate(database, directory) {
  for (const file of readdirSync(directory).sort()) {
    if (!file.endsWith('.sql')) continue;
    const statements = unstable_splitSqlQuery(readFileSync(join(directory, file), 'utf8'));
    await database.batch(statements.map((statement) => database.prepare(statement)));
  }
}

/** Returns workerd's process ID: the only child of this process with that name. */
function workerdPid() {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    let stat;
    try {
      stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
    } catch {
      continue; // The process has ended.
    }
    const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(stat);
    if (name === 'workerd' && Number(rest.split(' ')[1]) === process.pid) return Number(entry);
  }
  throw new Error('workerd is not running');
}

/**
 * Writes a configuration with the Worker alone, without Miniflare's services and D1, to measure how long it takes to start. It is written
 * in workerd's binary form, as Miniflare writes it: parsing the text isn't part of a Worker's start, but takes the longer, the larger the
 * modules are.
 */
function writeStartConfig({ modules, compatibilityDate, compatibilityFlags, bindings, durableObjects }) {
  const text = JSON.stringify;
  const list = (items) => `[${items.join(', ')}]`;
  const embedded = modules.map(({ type, path }) => {
    copyFileSync(path, join(config.state, basename(path)));
    return `(name = ${text(basename(path))}, ${type === 'ESModule' ? 'esModule' : 'wasm'} = embed ${text(basename(path))})`;
  });
  const texts = Object.entries(bindings).filter(([, value]) => typeof value === 'string');
  const classes = Object.entries(durableObjects ?? {});
  const bound = [
    ...texts.map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
    ...classes.map(([name, { className }]) => `(name = ${text(name)}, durableObjectNamespace = ${text(className)})`),
  ];
  const namespaces = classes.map(
    ([, { className }]) => `(className = ${text(className)}, uniqueKey = ${text(className)}, enableSql = true)`,
  );
  const path = join(config.state, 'start.capnp');
  writeFileSync(
    path,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "worker", worker = .worker)],
  sockets = [(name = "http", http = (), service = "worker")],
);
const worker :Workerd.Worker = (
  modules = ${list(embedded)},
  compatibilityDate = ${text(compatibilityDate)},
  compatibilityFlags = ${list((compatibilityFlags ?? []).map(text))},
  bindings = ${list(bound)},
  durableObjectNamespaces = ${list(namespaces)},
  durableObjectStorage = (inMemory = void),
);
`,
  );
  const binary = execFileSync(program, ['compile', '--config-only', path], { maxBuffer: 64 << 20 });
  writeFileSync(join(config.state, 'start.bin'), binary);
}

const worker = config.modules ? comparator() : kraiter();
const bindings = { ...worker.bindings, ...config.bindings };
if (!config.wrapper) writeStartConfig({ ...worker, bindings });
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    ...worker,
    name: 'worker',
    bindings,
    unsafeDirectSockets: [{ host: '127.0.0.1', port: config.port }],
    resourcePersistencePath: config.state,
    log: new Log(LogLevel.ERROR),
    cf: false,
    telemetry: { enabled: false },
    // The Worker's log is discarded, at the same price for every Worker.
    handleStructuredLogs: config.log
      ? ({ message }) => writeFileSync(config.log, `${message}\n`, { flag: 'a' })
      : () => {},
  }),
);
await miniflare.ready;
if (config.migrations) {
  const database = await miniflare.getD1Database('DB', 'worker');
  await migrate(database, join(checkout, config.migrations));
  for (const statement of config.seed ?? []) await database.prepare(statement).run();
}
const url = await miniflare.unsafeGetDirectURL('worker');
console.log(JSON.stringify({ address: url.host, pid: workerdPid(), program }));
