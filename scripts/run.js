// What every npm script runs: makes sure of a Node and of the packages, then hands over to main.ts. Plain
// JavaScript without dependencies, since it must run on an older Node before anything is installed.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '../shared/cacheDir.js';
import { Interrupted, run, superviseChildren } from './launch/children.js';
import { ensureNode } from './launch/node.js';
import { envWithNode } from './launch/npm.js';
import { ensurePackages } from './launch/packages.js';
import { say } from './launch/report.js';

const root = join(import.meta.dirname, '..');
const cache = cacheDir({ env: process.env, platform: process.platform, home: homedir() });

// npm passes signals on to us, and this notices when npm was killed in a way that it could not.
superviseChildren({ watchParent: Boolean(process.env.npm_lifecycle_event) });
try {
  const node = await ensureNode(cache);
  await ensurePackages(root, cache, node);
  const env = {
    ...envWithNode(node),
    SEGUE_CACHE_DIR: cache,
    // Lets fetch() honour HTTP_PROXY and HTTPS_PROXY.
    NODE_USE_ENV_PROXY: process.env.NODE_USE_ENV_PROXY ?? '1',
  };
  const task = [join(import.meta.dirname, 'main.ts'), ...process.argv.slice(2)];
  const { code } = await run(node, task, { cwd: root, env, show: true });
  process.exitCode = code;
} catch (error) {
  if (!(error instanceof Interrupted)) say(`✗ ${/** @type {Error} */ (error).message}`);
  process.exitCode = error instanceof Interrupted ? error.exitCode : 1;
}
