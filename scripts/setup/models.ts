import { join } from 'node:path';
import { Interrupted } from '../launch/children.js';
import { withLock } from '../launch/lock.js';
import { say } from '../launch/report.js';
import { installModel, isAvailable, isInstalled } from '../models/install.ts';
import { type Model, manifest } from '../models/manifest.ts';
import type { Host, Step } from './step.ts';

/** @returns whether the model is in the cache afterwards; prints one line when it is not. */
async function ensure(model: Model, host: Host): Promise<boolean> {
  if (isInstalled(model, host)) return true;
  const off = `! ${model.name}: ${model.without}`;
  if (!isAvailable(model, host)) {
    say(`${off} (nothing is published for ${host.platform}-${host.arch})`);
    return false;
  }
  try {
    await installModel(model, host);
    return true;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    say(`${off} (${(error as Error).message}); a folder with the files: SEGUE_MODELS_MIRROR=<dir>`);
    return false;
  }
}

/** The models of the manifest; each that cannot be had switches its feature off. */
export const modelsStep: Step = {
  name: 'models',
  async run(host) {
    const names = (models: Model[]) => models.map((model) => model.name).join(', ');
    const wanted = manifest.filter((model) => !isInstalled(model, host));
    if (wanted.length === 0) return { state: 'ready', note: names(manifest) };
    const lost: Model[] = [];
    await withLock(
      join(host.cache, 'models.lock'),
      async () => {
        for (const model of wanted) if (!(await ensure(model, host))) lost.push(model);
      },
      { onWait: () => say('  another set-up is fetching models; waiting for it') },
    );
    const have = manifest.filter((model) => !lost.includes(model));
    if (lost.length > 0)
      return { state: 'missing', note: `have ${names(have) || 'none'}, lack ${names(lost)}` };
    return { state: 'made', note: names(have) };
  },
};
