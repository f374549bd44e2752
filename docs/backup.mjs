// Backs up and restores an organisation's data. docs/operations.md explains when to use it.
//
//   ADMIN_TOKEN=… node backup.mjs save    https://kraiter.example.com org_… > org.backup
//   ADMIN_TOKEN=… node backup.mjs restore https://kraiter.example.com org_… [give_up|retry] < org.backup
//
// A backup has one page per line. It contains addresses, and the content of queued emails: encrypt it, and delete old ones.

import process from 'node:process';
import readline from 'node:readline';

const [, , command, origin, organisation, policy = 'give_up'] = process.argv;
const token = process.env.ADMIN_TOKEN;
if (!['save', 'restore'].includes(command) || !origin || !organisation || !token) {
  console.error('usage: ADMIN_TOKEN=… node backup.mjs save|restore <origin> <organisation ID> [give_up|retry]');
  process.exit(2);
}

async function call(path, init = {}) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${origin}/v1/organisations/${organisation}/${path}`, { ...init, headers });
  const body = await response.json();
  if (!response.ok) throw new Error(`${body.code}: ${body.detail} ${body.help ?? ''}`);
  return body;
}

async function save() {
  for (let cursor = ''; cursor !== null; ) {
    const page = await call(`backup${cursor && `?cursor=${encodeURIComponent(cursor)}`}`);
    process.stdout.write(`${JSON.stringify(page)}\n`);
    cursor = page.nextCursor;
  }
}

async function restore() {
  const total = {};
  let last;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    last = JSON.parse(line);
    const restored = await call(`restore?policy=${policy}`, { method: 'POST', body: line });
    for (const [name, value] of Object.entries(restored)) {
      total[name] = typeof value === 'number' ? (total[name] ?? 0) + value : total[name] || value;
    }
  }
  if (!last || last.nextCursor !== null) throw new Error('The backup is incomplete: its last page is missing.');
  console.log(JSON.stringify(total));
}

try {
  await (command === 'save' ? save() : restore());
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
