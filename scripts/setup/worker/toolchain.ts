import { run } from '../../launch/children.js';
import { canInstallPackages, installPackages } from '../apt.ts';

const COMMANDS = ['meson', 'ninja', 'pkg-config', 'c++', 'flatc'];
const LIBRARIES = ['openssl', 'libuv', 'libsrtp2', 'flatbuffers'];
const DEBIAN_PACKAGES = [
  'meson',
  'ninja-build',
  'pkg-config',
  'g++',
  'libssl-dev',
  'libuv1-dev',
  'libsrtp2-dev',
  'libflatbuffers-dev',
  'flatbuffers-compiler',
];

async function missingTools(): Promise<string[]> {
  const missing: string[] = [];
  for (const command of COMMANDS) {
    if ((await run(command, ['--version'])).code !== 0) missing.push(command);
  }
  if (missing.includes('pkg-config')) return [...missing, ...LIBRARIES];
  for (const library of LIBRARIES) {
    if ((await run('pkg-config', ['--exists', library])).code !== 0) missing.push(library);
  }
  return missing;
}

/**
 * Makes sure that the worker can be compiled here, installing what is missing where we may.
 * @returns null, or what is missing and what to do about it, in one line
 */
export async function ensureToolchain(): Promise<string | null> {
  const missing = await missingTools();
  if (missing.length === 0) return null;
  if (!canInstallPackages()) {
    return `to build it, ${missing.join(', ')} must be there (Debian: sudo apt-get install ${DEBIAN_PACKAGES.join(' ')})`;
  }
  const failure = await installPackages(DEBIAN_PACKAGES, 'to build the mediasoup worker');
  if (failure) return `the compiler and libraries cannot be installed: ${failure}`;
  const still = await missingTools();
  return still.length === 0 ? null : `to build it, ${still.join(', ')} must be there`;
}
