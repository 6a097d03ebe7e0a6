// The one rule for where downloads and built binaries live. JavaScript, because the launcher needs it
// on a Node that cannot read TypeScript yet; everything else imports it through cache.ts.
import { join, resolve } from 'node:path';

/**
 * @param {{ env: Record<string, string | undefined>, platform: string, home: string }} host
 *   `platform` as in `process.platform`, `home` the user's home directory.
 * @returns {string} absolute path of the cache directory; it may not exist yet
 */
export function cacheDir({ env, platform, home }) {
  if (env.SEGUE_CACHE_DIR) return resolve(env.SEGUE_CACHE_DIR);
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'segue');
  // The XDG standard tells to ignore a relative path in its variables.
  if (env.XDG_CACHE_HOME?.startsWith('/')) return join(env.XDG_CACHE_HOME, 'segue');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'segue');
  return join(home, '.cache', 'segue');
}
