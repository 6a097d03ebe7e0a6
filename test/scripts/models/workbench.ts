import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import type { Model } from '../../../scripts/models/manifest.ts';

/** Temporary folders with a mirror that holds one model's archive, made here. */
export type Workbench = { cache: string; mirror: string; archive: string; model: Model; remove(): void };

export async function makeWorkbench(): Promise<Workbench> {
  const folder = mkdtempSync(join(tmpdir(), 'segue-models-'));
  const [cache, mirror, content] = [join(folder, 'cache'), join(folder, 'mirror'), join(folder, 'content')];
  mkdirSync(join(content, 'package', 'lib', 'deep'), { recursive: true });
  mkdirSync(mirror);
  writeFileSync(join(content, 'package', 'lib', 'weights.bin'), 'weights');
  writeFileSync(join(content, 'package', 'lib', 'deep', 'labels.txt'), 'labels');
  writeFileSync(join(content, 'package', 'index.js'), 'not wanted');
  const archive = join(mirror, 'model-1.tgz');
  await create({ file: archive, cwd: content, gzip: true }, ['package']);
  const model: Model = {
    name: 'ears',
    purpose: 'a test',
    licence: 'none',
    without: 'nothing is heard',
    artifacts: [
      {
        file: 'model-1.tgz',
        sha256: createHash('sha256').update(readFileSync(archive)).digest('hex'),
        sources: [],
        folder: { 'linux-x64': 'package/lib/' },
      },
    ],
  };
  return { cache, mirror, archive, model, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
