import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { release } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { extract } from 'tar';
import { DownloadError, download } from '../download.ts';
import type { Host } from '../step.ts';
import { workerRuns } from './verify.ts';

const RELEASES = 'https://github.com/versatica/mediasoup/releases/download';

/** Where mediasoup publishes the worker for this machine (the naming of its own npm-scripts.mjs). */
export function prebuiltUrl(
  version: string,
  host: Pick<Host, 'env' | 'platform' | 'arch'>,
  osRelease: string,
): string {
  const base = host.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL || RELEASES;
  const kernel = host.platform === 'linux' ? `-kernel${Number.parseInt(osRelease, 10)}` : '';
  return `${base}/${version}/mediasoup-worker-${version}-${host.platform}-${host.arch}${kernel}.tgz`;
}

/**
 * Downloads mediasoup's own binary to `binary`.
 * @returns null, or why there is none, in one line
 */
export async function fetchPrebuilt(version: string, binary: string, host: Host): Promise<string | null> {
  if (host.env.MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD)
    return 'MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD is set';
  const archive = join(dirname(binary), 'prebuilt.tgz');
  const unpacked = join(dirname(binary), 'prebuilt');
  try {
    mkdirSync(unpacked, { recursive: true });
    await download(prebuiltUrl(version, host, release()), archive, 'mediasoup worker');
    await extract({ file: archive, cwd: unpacked, strict: true });
    const candidate = join(unpacked, basename(binary));
    chmodSync(candidate, 0o755);
    if (!(await workerRuns(candidate))) return 'the prebuilt worker does not run on this system';
    renameSync(candidate, binary);
    return null;
  } catch (error) {
    return error instanceof DownloadError
      ? error.message
      : `the prebuilt worker cannot be unpacked: ${error}`;
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
    rmSync(archive, { force: true });
  }
}
