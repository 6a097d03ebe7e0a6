/** Where set-up puts things under the cache directory, and where the server and the tests find them. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from './cacheDir.js';

export { cacheDir };

/** The cache directory of this user on this machine. */
export function userCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return cacheDir({ env, platform: process.platform, home: homedir() });
}

/** Folder of one model of the manifest, e.g. `vosk-en`. */
export function modelDir(cache: string, name: string): string {
  return join(cache, 'models', name);
}

/** The Vosk library's file; null where none is published for the platform. */
export function libvoskFile(
  cache: string,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): string | null {
  const dir = modelDir(cache, 'libvosk');
  if (platform === 'linux' && arch === 'x64') return join(dir, 'libvosk.so');
  if (platform === 'darwin') return join(dir, 'libvosk.dylib');
  if (platform === 'win32' && arch === 'x64') return join(dir, 'libvosk.dll');
  return null;
}

/** The mediasoup worker's binary, one per mediasoup version and platform. */
export function workerBinary(
  cache: string,
  mediasoupVersion: string,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): string {
  const file = platform === 'win32' ? 'mediasoup-worker.exe' : 'mediasoup-worker';
  return join(cache, 'mediasoup-worker', `${mediasoupVersion}-${platform}-${arch}`, file);
}

/** An empty database of the embedded engine, to copy where a new one is needed; one per version of PGlite. */
export function databaseTemplate(cache: string, pgliteVersion: string): string {
  return join(cache, 'database', `pglite-${pgliteVersion}`);
}
