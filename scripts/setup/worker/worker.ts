import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { workerBinary } from '../../../shared/cache.ts';
import { withLock } from '../../launch/lock.js';
import { say } from '../../launch/report.js';
import type { Host, Outcome, Step } from '../step.ts';
import { buildFolder, buildWorker } from './build.ts';
import { fetchPrebuilt } from './prebuilt.ts';
import { workerRuns } from './verify.ts';

const WITHOUT_IT = 'the server answers, but no call can be made';

function found(state: 'ready' | 'made', note: string, binary: string): Outcome {
  return { state, note, env: { MEDIASOUP_WORKER_BIN: binary } };
}

function missing(reason: string): Outcome {
  return {
    state: 'missing',
    note: `${reason}: ${WITHOUT_IT}. A worker of your own: MEDIASOUP_WORKER_BIN=<path>`,
  };
}

/** The version of the mediasoup that is installed. */
export function mediasoupVersion(root: string): string {
  const manifest = readFileSync(join(root, 'node_modules', 'mediasoup', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

async function obtain(version: string, binary: string, host: Host): Promise<Outcome> {
  if (existsSync(binary)) {
    if (await workerRuns(binary)) return found('ready', `mediasoup worker ${version}`, binary);
    // Built for libraries that this system no longer has.
    rmSync(binary);
  }
  mkdirSync(dirname(binary), { recursive: true });
  // An unfinished build shows that the download was tried.
  if (!existsSync(buildFolder(binary))) {
    const why = await fetchPrebuilt(version, binary, host);
    if (why === null) return found('made', `mediasoup worker ${version}, prebuilt`, binary);
    say(`  no prebuilt mediasoup worker: ${why}`);
  }
  if (host.platform !== 'linux') return missing('no mediasoup worker');
  const failure = await buildWorker(join(host.root, 'node_modules', 'mediasoup'), binary);
  if (failure) return missing(`no mediasoup worker: ${failure}`);
  return found('made', `mediasoup worker ${version}, built here`, binary);
}

/** The mediasoup worker: the user's own, the cached one, mediasoup's prebuilt one, or one built here. */
export const workerStep: Step = {
  name: 'worker',
  async run(host) {
    const own = host.env.MEDIASOUP_WORKER_BIN;
    if (own) {
      if (await workerRuns(own)) return found('ready', 'mediasoup worker of MEDIASOUP_WORKER_BIN', own);
      return missing(`MEDIASOUP_WORKER_BIN=${own} does not run`);
    }
    const version = mediasoupVersion(host.root);
    const binary = workerBinary(host.cache, version, host.platform, host.arch);
    const lock = `${dirname(binary)}.lock`;
    return await withLock(lock, () => obtain(version, binary, host), {
      onWait: () => say('  another set-up is at work on the mediasoup worker; waiting for it'),
    });
  },
};
