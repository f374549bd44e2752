// Prints the bytes that D1 and the Durable Objects use in a state directory, as JSON. Free pages don't count.
//
// Usage: node storage.mjs DIRECTORY

import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const state = process.argv[2];
// A copy, since workerd has the files open: reading them could change their write-ahead logs.
const copy = mkdtempSync(`${state}-copy-`);
const bytes = { d1: 0, objects: 0 };
try {
  cpSync(state, copy, { recursive: true });
  for (const name of readdirSync(copy, { recursive: true })) {
    if (!name.endsWith('.sqlite') || name.endsWith('metadata.sqlite')) continue;
    const database = new DatabaseSync(join(copy, name));
    const pragma = (name) => Object.values(database.prepare(`PRAGMA ${name}`).get())[0];
    const used = (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
    bytes[name.includes('D1Database') ? 'd1' : 'objects'] += used;
    database.close();
  }
} finally {
  rmSync(copy, { recursive: true });
}
console.log(JSON.stringify(bytes));
