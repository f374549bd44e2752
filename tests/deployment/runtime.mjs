// Runs the Worker that was uploaded last in workerd, with its bindings, as Cloudflare does.

import fs from 'node:fs/promises';
import path from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { unstable_splitSqlQuery as splitSql } from 'wrangler';

/** A Worker that exists before anything is uploaded. */
const DRAFT = 'export default { fetch: () => new Response("draft", { status: 404 }) }';

export class Runtime {
  #miniflare;
  #options;

  constructor(state, port) {
    this.#options = {
      name: 'worker',
      host: '127.0.0.1',
      port,
      log: new Log(LogLevel.WARN),
      modulesRoot: state,
      defaultPersistRoot: path.join(state, 'data'),
      d1Databases: {},
      compatibilityDate: '2026-11-01',
      cf: false,
      modules: [{ type: 'ESModule', path: path.join(state, 'draft.js'), contents: DRAFT }],
    };
    this.state = state;
    this.#miniflare = new Miniflare(convertV4MiniflareOptions(this.#options));
  }

  ready() {
    return this.#miniflare.ready;
  }

  async #set(options) {
    this.#options = { ...this.#options, ...options };
    await this.#miniflare.setOptions(convertV4MiniflareOptions(this.#options));
  }

  createDatabase(id) {
    return this.#set({ d1Databases: { DB: id } });
  }

  /** Runs each statement of a text. */
  async query(sql, params = []) {
    const database = await this.#miniflare.getD1Database('DB');
    const results = [];
    for (const statement of splitSql(sql)) {
      results.push(
        await database
          .prepare(statement)
          .bind(...params)
          .all(),
      );
    }
    return results;
  }

  /** Runs a version with the secrets. */
  async run({ metadata, modules, assets, classes }, secrets) {
    const texts = metadata.bindings.filter(({ type }) => type === 'plain_text');
    const objects = metadata.bindings.filter(({ type }) => type === 'durable_object_namespace');
    const limits = metadata.bindings.filter(({ type }) => type === 'ratelimit');
    const binding = metadata.bindings.find(({ type }) => type === 'assets');
    const database = metadata.bindings.find(({ type }) => type === 'd1');
    const main = modules.find(({ name }) => name === metadata.main_module);
    await this.#set({
      modules: [main, ...modules.filter((other) => other !== main)].map(({ name, type, bytes }) => ({
        type: type === 'application/wasm' ? 'CompiledWasm' : 'ESModule',
        path: path.join(this.state, name),
        contents: bytes,
      })),
      compatibilityDate: metadata.compatibility_date,
      bindings: { ...Object.fromEntries(texts.map(({ name, text }) => [name, text])), ...secrets },
      ...(database && { d1Databases: { [database.name]: database.id } }),
      durableObjects: Object.fromEntries(
        objects.map(({ name, class_name: className }) => [name, { className, useSQLite: classes.has(className) }]),
      ),
      ratelimits: Object.fromEntries(limits.map(({ name, namespace_id, simple }) => [name, { namespace_id, simple }])),
      ...(binding && {
        assets: {
          directory: await this.#write(assets),
          binding: binding.name,
          run_worker_first: metadata.assets.config.run_worker_first,
          routerConfig: { has_user_worker: true },
          assetConfig: { not_found_handling: metadata.assets.config.not_found_handling },
        },
      }),
    });
  }

  /** Writes a version's assets into a directory of their own. */
  async #write(assets) {
    const directory = await fs.mkdtemp(path.join(this.state, 'assets-'));
    for (const [name, bytes] of assets) {
      const file = path.join(directory, name);
      await fs.mkdir(path.dirname(file), { recursive: true });
      await fs.writeFile(file, bytes);
    }
    return directory;
  }

  stop() {
    return this.#miniflare.dispose();
  }
}
