import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from 'tar';
import { modelDir } from '../../shared/cache.ts';
import type { Host } from '../setup/step.ts';
import type { Artifact, Model } from './manifest.ts';
import { fetchArtifact } from './sources.ts';

const STAMP = '.segue-model.json';

type Where = Pick<Host, 'cache' | 'env' | 'platform' | 'arch'>;

/** What a finished model's folder was made from. */
function stampOf(model: Model, { platform, arch }: Where): string {
  const parts = model.artifacts.map(({ file, sha256, folder }) => ({
    file,
    sha256,
    folder: folder && folderFor(folder, platform, arch),
  }));
  return JSON.stringify(parts);
}

function folderFor(folder: Record<string, string>, platform: string, arch: string): string | undefined {
  return folder[`${platform}-${arch}`] ?? folder.any;
}

/** Whether the model is in the cache, made from exactly what the manifest says. */
export function isInstalled(model: Model, where: Where): boolean {
  const stamp = join(modelDir(where.cache, model.name), STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf(model, where);
}

/** Whether anything is published for this platform. */
export function isAvailable(model: Model, { platform, arch }: Where): boolean {
  return model.artifacts.every(({ folder }) => !folder || folderFor(folder, platform, arch));
}

async function unpack(artifact: Artifact, file: string, target: string, { platform, arch }: Where) {
  const folder = artifact.folder && folderFor(artifact.folder, platform, arch);
  if (!folder) {
    renameSync(file, join(target, artifact.file));
    return;
  }
  const strip = folder.split('/').filter(Boolean).length;
  await extract({ file, cwd: target, strip, filter: (path) => path.startsWith(folder) });
}

/**
 * Puts a model into the cache. Its folder appears only when complete and verified.
 * @throws Error with a message of one line
 */
export async function installModel(model: Model, where: Where): Promise<void> {
  const target = modelDir(where.cache, model.name);
  const downloads = join(where.cache, 'downloads');
  const fresh = `${target}.${process.pid}.tmp`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  try {
    for (const artifact of model.artifacts) {
      const file = join(downloads, artifact.file);
      await fetchArtifact(model.name, artifact, file, where.env.SEGUE_MODELS_MIRROR);
      await unpack(artifact, file, fresh, where);
      rmSync(file, { force: true });
    }
    writeFileSync(join(fresh, STAMP), stampOf(model, where));
    rmSync(target, { recursive: true, force: true });
    renameSync(fresh, target);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
