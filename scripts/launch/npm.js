import { run } from './children.js';

/**
 * Runs npm, the one that started this process if there is one, so that the user's registry, proxy and
 * certificates apply.
 * @param {string[]} args
 * @param {{ cwd?: string, onLine?: (line: string) => void }} [options]
 */
export function npm(args, options = {}) {
  const quiet = ['--loglevel=error', '--no-fund', '--no-audit', '--no-update-notifier'];
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('npm-cli.js')) return run(process.execPath, [cli, ...args, ...quiet], options);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', [...args, ...quiet], options);
}

/**
 * The last line of npm's output that says something, for a one-line message.
 * @param {string} output
 */
export function npmReason(output) {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim())
    .filter((line) => line && !line.startsWith('A complete log'));
  return (
    lines.find((line) => /ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|ENOSPC|EACCES|E40\d/.test(line)) ??
    lines.at(-1) ??
    'npm failed'
  );
}
