import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '..', '..');

/** Runs a program of this Node.js; answers what it prints, and says what it printed where it fails. */
export async function run(program, args, options = {}) {
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      ...options,
      env: { ...process.env, PATH: path, ...options.env },
    });
    return stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
}

/** The program of an npm package of the clone. */
export const program = (name) => join(root, 'node_modules', '.bin', name);

/** Packs the package as npm would publish it; answers the tarball. */
export async function pack(folder) {
  await mkdir(folder, { recursive: true });
  const [packed] = JSON.parse(
    await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: join(root, 'pkg') }),
  );
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}

/** A fresh copy of a fixture with the packed package installed into it; answers its folder. */
export async function project(name) {
  const folder = join(root, 'build', 'consumers', name);
  await rm(folder, { recursive: true, force: true });
  await cp(join(here, 'fixtures', name), folder, { recursive: true });
  await cp(join(here, 'journey.mjs'), join(folder, 'journey.mjs'));
  const { tarball } = await pack(join(folder, 'tarball'));
  const quiet = ['--offline', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...quiet, tarball], { cwd: folder });
  // A link would mean that the clone's own folder is tried and not the tarball.
  const installed = await readdir(join(folder, 'node_modules', '@kraiter'), { withFileTypes: true });
  if (!installed.every((entry) => entry.isDirectory())) throw new Error('the package is a link');
  return folder;
}
