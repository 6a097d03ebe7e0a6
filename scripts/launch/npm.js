import { delimiter, dirname } from 'node:path';
import { run } from './children.js';

const QUIET = ['--loglevel=error', '--no-fund', '--no-audit', '--no-update-notifier'];
// By itself npm tries for minutes before it says that there is no network.
const IMPATIENT = ['--fetch-retries=1', '--fetch-retry-mintimeout=2000', '--fetch-timeout=60000'];

/**
 * Runs npm, the one that started this process if there is one, so that the user's registry, proxy and
 * certificates apply.
 * @param {string[]} args
 * @param {{ cwd?: string, node?: string, onLine?: (line: string) => void }} [options]
 *   `node` is the Node that runs npm
 */
export function npm(args, { cwd, node = process.execPath, onLine } = {}) {
  const all = [...args, ...QUIET, ...IMPATIENT];
  const env = envWithNode(node);
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('npm-cli.js')) return run(node, [cli, ...all], { cwd, env, onLine });
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', all, { cwd, env, onLine });
}

/**
 * The environment in which `node`, `npm` and `npx` mean the given Node.
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
export function envWithNode(node) {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const folder = dirname(node);
  const path = process.env[key] ?? '';
  if (path.split(delimiter)[0] === folder) return process.env;
  return { ...process.env, [key]: `${folder}${delimiter}${path}` };
}

/**
 * The line of npm's output that tells the reason, for a message of one line.
 * @param {string} output
 */
export function npmReason(output) {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim())
    .filter((line) => line && !line.startsWith('A complete log'));
  const telling = /ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|ENOSPC|EACCES|E40\d/;
  return (
    lines.find((line) => telling.test(line)) ?? lines.find((line) => !/^code /.test(line)) ?? 'npm failed'
  );
}
