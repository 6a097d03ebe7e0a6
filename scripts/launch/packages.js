// node_modules in step with package-lock.json.
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.js';
import { npm, npmReason } from './npm.js';
import { progress, say, stepLine } from './report.js';

/** @typedef {{ version?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} Entry */
/** @typedef {Record<string, Entry>} Packages */

/**
 * Whether what is installed is what the lock file asks for on this platform.
 * @param {Packages} wanted `packages` of package-lock.json
 * @param {Packages} installed `packages` of node_modules/.package-lock.json, which npm writes last
 * @param {string} platform
 * @param {string} arch
 */
export function inStep(wanted, installed, platform, arch) {
  const paths = Object.keys(wanted).filter((path) => path !== '');
  if (Object.keys(installed).some((path) => !wanted[path])) return false;
  return paths.every((path) => {
    const entry = wanted[path] ?? {};
    const found = installed[path];
    if (found) return found.version === entry.version;
    // An optional package for another platform is left out, and so are its dependencies.
    const forUs = entry.os?.includes(platform) && entry.cpu?.includes(arch) && !entry.libc;
    return Boolean(entry.optional) && !forUs;
  });
}

/** @param {string} file @returns {Packages} */
function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}

/** @param {string} root */
function ready(root) {
  return inStep(
    packagesOf(join(root, 'package-lock.json')),
    packagesOf(join(root, 'node_modules', '.package-lock.json')),
    process.platform,
    process.arch,
  );
}

/**
 * Installs the project's npm packages unless they are there.
 * @param {string} root the project's folder
 * @param {string} cache the cache directory
 * @param {string} node the Node to run npm with
 * @throws Error with one line that says what to do
 */
export async function ensurePackages(root, cache, node) {
  if (ready(root)) return;
  refuseLink(join(root, 'node_modules'));
  const startMs = performance.now();
  const lockName = createHash('sha256').update(root).digest('hex').slice(0, 12);
  await withLock(
    join(cache, `npm-ci-${lockName}.lock`),
    async () => {
      if (ready(root)) return;
      progress('  npm ci');
      const { code, output } = await npm(['ci', '--include=dev', '--ignore-scripts'], { cwd: root, node });
      if (code !== 0)
        throw new Error(`npm ci did not work: ${npmReason(output)}; run it by hand to see more`);
    },
    { onWait: () => say('  another set-up is installing packages; waiting for it') },
  );
  stepLine('made', 'packages', 'npm packages', performance.now() - startMs);
}

/**
 * `npm ci` empties the folder first: through a link it would empty another checkout's.
 * @param {string} folder
 */
function refuseLink(folder) {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new Error(
    'node_modules is a link and not in step with package-lock.json: install where it leads to, or remove the link',
  );
}
