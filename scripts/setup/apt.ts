import { existsSync } from 'node:fs';
import { run } from '../launch/children.js';
import { progress, say } from '../launch/report.js';

/** Whether Debian packages can be installed: apt-get exists and we are root. */
export function canInstallPackages(): boolean {
  return existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
}

/**
 * Installs Debian packages, saying so before.
 * @returns null, or the reason why it did not work, in one line
 */
export async function installPackages(packages: string[], reason: string): Promise<string | null> {
  say(`  apt-get install ${packages.join(' ')} (${reason})`);
  // Run level 1: services that come with a package are not started.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C', RUNLEVEL: '1' };
  const limits = [
    '-o',
    'Acquire::http::Timeout=10',
    '-o',
    'Acquire::Retries=1',
    '-o',
    'DPkg::Lock::Timeout=300',
  ];
  const install = () =>
    run('apt-get', ['install', '-y', '--no-install-recommends', ...limits, ...packages], {
      env,
      onLine: (line) => progress(`  apt: ${line}`),
    });
  // The package lists of a fresh machine are empty, those of an old one may name versions that are gone.
  const update = await run('apt-get', ['update', ...limits], {
    env,
    onLine: (line) => progress(`  apt: ${line}`),
  });
  const installed = await install();
  if (installed.code === 0) return null;
  const lines = `${update.output}\n${installed.output}`.split('\n');
  return lines.find((line) => line.startsWith('E: ')) ?? `apt-get ended with code ${installed.code}`;
}
