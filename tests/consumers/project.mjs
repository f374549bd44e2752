import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { fakeApi } from './fake-api.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '..', '..');

/** Runs a program with this Node.js on PATH and returns its output. */
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

/** Returns the path of a program of an npm package. */
export const program = (name) => join(root, 'node_modules', '.bin', name);

/** Packs the package as npm publishes it. Returns the tarball and the names of its files. */
export async function pack(folder) {
  await mkdir(folder, { recursive: true });
  const [packed] = JSON.parse(
    await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: join(root, 'pkg') }),
  );
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}

const QUIET = ['--offline', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];

/** Installs the packed package into a folder that has a package.json. */
async function install(folder) {
  const { tarball } = await pack(join(folder, 'tarball'));
  await run('npm', ['install', ...QUIET, tarball], { cwd: folder });
  // With a link, the tests would use the source folder and not the tarball.
  const installed = await readdir(join(folder, 'node_modules', '@kraiter'), { withFileTypes: true });
  if (!installed.every((entry) => entry.isDirectory())) {
    throw new Error('npm has linked the package instead of installing the tarball.');
  }
}

/** Runs a program with the address of an API as its last argument. Returns what it prints, as JSON. */
export async function journeyOf(program, args, options) {
  const api = await fakeApi();
  try {
    return JSON.parse(await run(program, [...args, api.url], options));
  } finally {
    await api.close();
  }
}

/** A folder for each test file, since they run concurrently. */
const projects = join(root, 'build', 'consumers', basename(process.argv[1] ?? '', '.test.mjs'));

/** Copies a fixture and installs the packed package into it. Returns the folder. */
export async function project(name) {
  const folder = join(projects, name);
  await rm(folder, { recursive: true, force: true });
  await cp(join(here, 'fixtures', name), folder, { recursive: true });
  await cp(join(here, 'journey.mjs'), join(folder, 'journey.mjs'));
  await install(folder);
  return folder;
}

/** Returns an empty folder outside the repository, where no package can be found. It is removed after the test. */
export async function emptyFolder(test) {
  const folder = await mkdtemp(join(tmpdir(), 'kraiter-empty-'));
  test.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Copies an example and installs the packed package into it, but none of its other dependencies. Returns the folder. */
export async function example(name) {
  const folder = join(projects, name);
  await rm(folder, { recursive: true, force: true });
  await cp(join(root, 'examples', name), folder, {
    recursive: true,
    filter: (source) => !['node_modules', '.next', '.wrangler'].includes(basename(source)),
  });
  const manifest = join(folder, 'package.json');
  const { dependencies: _, devDependencies: __, ...rest } = JSON.parse(await readFile(manifest, 'utf8'));
  await writeFile(manifest, JSON.stringify(rest));
  await install(folder);
  return folder;
}
