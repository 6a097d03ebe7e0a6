import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelDir } from '../../shared/cache.ts';
import { run } from '../launch/children.js';
import { withLock } from '../launch/lock.js';
import { progress, say } from '../launch/report.js';
import { tools } from '../tools.ts';
import { sourcesHash } from './sources.ts';
import type { Host, Outcome, Step } from './step.ts';

/** All that the bundle is made from. */
const SOURCES = ['client', 'shared', 'vite.config.ts', 'package-lock.json'];

/** Changes with the sources and with the language model, which becomes a part of the bundle. */
function bundleHash(host: Host): string {
  const model = join(modelDir(host.cache, 'zkm-lid'), 'variables.data');
  const bytes = existsSync(model) ? statSync(model).size : 0;
  return `${sourcesHash(host.root, SOURCES)}-${bytes}`;
}

/** Builds the client into dist/client, whether its sources changed or not. */
export async function buildClient(host: Host): Promise<Outcome> {
  const hash = bundleHash(host);
  progress('  building the client');

  const { code, output } = await run(process.execPath, [tools.vite, 'build', '--logLevel', 'warn'], {
    cwd: host.root,
    env: { ...host.env, NODE_ENV: 'production' },
  });
  if (code !== 0) {
    say(output.trimEnd());
    return {
      state: 'missing',
      note: 'the client cannot be built (see above); the API works, the page has no widget',
    };
  }
  mkdirSync(join(host.root, 'dist'), { recursive: true });
  writeFileSync(join(host.root, 'dist', '.client-sources'), hash);
  return { state: 'made', note: 'client built' };
}

/** The client's bundle, built when its sources changed. */
export const clientStep: Step = {
  name: 'client',
  async run(host) {
    const stamp = join(host.root, 'dist', '.client-sources');
    const isBuilt = () =>
      existsSync(join(host.root, 'dist', 'client')) &&
      existsSync(stamp) &&
      readFileSync(stamp, 'utf8') === bundleHash(host);
    const ready: Outcome = { state: 'ready', note: 'client is built' };
    if (isBuilt()) return ready;
    const lockName = createHash('sha256').update(host.root).digest('hex').slice(0, 12);
    return await withLock(
      join(host.cache, `client-${lockName}.lock`),
      async () => (isBuilt() ? ready : await buildClient(host)),
      { onWait: () => say('  another set-up is building the client; waiting for it') },
    );
  },
};
