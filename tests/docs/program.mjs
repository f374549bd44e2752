/** Stands for the programs that the documentation's commands call: checks the arguments, and sends curl's requests to the stand-in. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { STAND_IN, EXAMPLE_ORIGIN } = process.env;
const root = join(import.meta.dirname, '..', '..');
const [name, ...args] = process.argv.slice(2);

/** Commands of wrangler that the documentation uses. */
const WRANGLER = [
  ['d1', 'create'],
  ['d1', 'export'],
  ['d1', 'migrations', 'apply'],
  ['d1', 'time-travel', 'info'],
  ['d1', 'time-travel', 'restore'],
  ['delete'],
  ['deploy'],
  ['rollback'],
  ['secret', 'put'],
];

/** Returns wrangler's help of a command. It takes a second, so it is stored for the other blocks. */
function helpOf(command) {
  const file = `wrangler-${command.join('-')}.txt`;
  if (!existsSync(file)) {
    const wrangler = join(root, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
    const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1' };
    writeFileSync(file, execFileSync(process.execPath, [wrangler, ...command, '--help'], { env }));
  }
  return readFileSync(file, 'utf8');
}

const programs = {
  /** Sends one request, with the options that the documentation uses. Any other option is an error. */
  async curl() {
    const headers = new Headers();
    let method;
    let body;
    let url;
    for (let at = 0; at < args.length; at++) {
      const option = args[at];
      if (option === '-X') method = args[++at];
      else if (option === '-H') headers.append(...args[++at].split(/: ?/));
      else if (option === '-d') body = args[++at];
      else if (option === '--data-binary') body = readFileSync(args[++at].replace(/^@/, ''), 'utf8');
      else if (!option.startsWith('-') && url === undefined) url = option;
      else throw new Error(`unknown option ${option}`);
    }
    // Another host, such as that of the connection probe.
    if (!url.startsWith(EXAMPLE_ORIGIN)) return;
    method ??= body === undefined ? 'GET' : 'POST';
    const response = await fetch(url.replace(EXAMPLE_ORIGIN, STAND_IN), { method, headers, body });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    process.stdout.write(text);
  },

  /** Runs a script of the repository. */
  node() {
    const [script, ...rest] = args;
    const values = rest.map((value) => value.replace(EXAMPLE_ORIGIN, STAND_IN));
    execFileSync(process.execPath, [join(root, script), ...values], { stdio: 'inherit' });
  },

  /** Checks that wrangler has the command and its options. */
  npx() {
    const [program, ...rest] = args;
    if (program !== 'wrangler') throw new Error(`unknown program ${program}`);
    const found = WRANGLER.find((words) => words.every((word, index) => rest[index] === word));
    if (found === undefined) throw new Error(`unknown command wrangler ${rest.join(' ')}`);
    const help = helpOf(found);
    if (!help.includes(`wrangler ${found.join(' ')}`)) throw new Error(`wrangler has no command ${found.join(' ')}`);
    for (const option of rest.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]))
      if (!new RegExp(`${option}[ ,\\n]`).test(help)) throw new Error(`wrangler ${found.join(' ')} has no ${option}`);
  },

  /** `cargo xtask` is checked by the `xtask` crate, with its own parser. */
  cargo() {
    if (args[0] !== 'xtask') throw new Error(`unknown command cargo ${args[0]}`);
  },

  /** Checks that values in JSON are JSON. */
  aws() {
    if (!/^(cloudformation deploy|sns set-subscription-attributes|iam [a-z-]+)\b/.test(args.join(' ')))
      throw new Error('unknown command');
    for (const value of args.filter((word) => word.startsWith('{'))) JSON.parse(value);
  },

  npm() {
    const { name: sdk } = JSON.parse(readFileSync(join(root, 'pkg', 'package.json'), 'utf8'));
    if (args.join(' ') !== `install ${sdk}`) throw new Error(`unknown command npm ${args.join(' ')}`);
  },
};

try {
  await programs[name]();
} catch (error) {
  console.error(`${name}: ${error.message}`);
  process.exit(1);
}
