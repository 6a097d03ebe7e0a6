import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installModel, isAvailable, isInstalled } from '../../../scripts/models/install.ts';
import type { Model } from '../../../scripts/models/manifest.ts';
import { makeWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await makeWorkbench();
});
afterEach(() => bench.remove());

const where = (mirror: string | undefined = bench.mirror) => ({
  cache: bench.cache,
  env: mirror ? { SEGUE_MODELS_MIRROR: mirror } : {},
  platform: 'linux' as const,
  arch: 'x64',
});
const withSha = (sha256: string): Model => ({
  ...bench.model,
  artifacts: bench.model.artifacts.map((artifact) => ({ ...artifact, sha256 })),
});
const modelFiles = () => join(bench.cache, 'models');

describe('installing a model', () => {
  it('unpacks the wanted folder of the mirror’s archive and nothing else', async () => {
    await installModel(bench.model, where());
    const folder = join(modelFiles(), 'ears');
    expect(readFileSync(join(folder, 'weights.bin'), 'utf8')).toBe('weights');
    expect(readFileSync(join(folder, 'deep', 'labels.txt'), 'utf8')).toBe('labels');
    expect(readdirSync(folder).sort()).toEqual(['.segue-model.json', 'deep', 'weights.bin']);
    expect(isInstalled(bench.model, where())).toBe(true);
    expect(readdirSync(join(bench.cache, 'downloads'))).toEqual([]);
  });

  it('finds a model’s own folder in a mirror, and a mirror given as a file: URL', async () => {
    mkdirSync(join(bench.mirror, 'ears'));
    writeFileSync(join(bench.mirror, 'ears', 'model-1.tgz'), readFileSync(bench.archive));
    rmSync(bench.archive);
    await installModel(bench.model, where(`file://${bench.mirror}`));
    expect(isInstalled(bench.model, where())).toBe(true);
  });

  it('puts a plain file there as it is', async () => {
    const plain: Model = {
      ...bench.model,
      artifacts: bench.model.artifacts.map(({ folder: _, ...artifact }) => artifact),
    };
    await installModel(plain, where());
    expect(existsSync(join(modelFiles(), 'ears', 'model-1.tgz'))).toBe(true);
  });

  it('refuses a file with another content, says so, and leaves nothing behind', async () => {
    const wrong = withSha('0'.repeat(64));
    await expect(installModel(wrong, where())).rejects.toThrow(
      /^mirror: model-1\.tgz has SHA-256 [0-9a-f]{64}, not 0{64}; refused$/,
    );
    expect(readdirSync(modelFiles())).toEqual([]);
    expect(readdirSync(join(bench.cache, 'downloads'))).toEqual([]);
  });

  it('keeps the model that is there when a new one cannot be had', async () => {
    await installModel(bench.model, where());
    await expect(installModel(withSha('1'.repeat(64)), where())).rejects.toThrow();
    expect(readFileSync(join(modelFiles(), 'ears', 'weights.bin'), 'utf8')).toBe('weights');
    expect(isInstalled(bench.model, where())).toBe(true);
  });

  it('says in one line that no source has it', async () => {
    const elsewhere: Model = {
      ...bench.model,
      artifacts: bench.model.artifacts.map((artifact) => ({
        ...artifact,
        file: 'model-2.tgz',
        sources: [{ kind: 'url', url: 'http://127.0.0.1:9/model-2.tgz' }],
      })),
    };
    const failure = await installModel(elsewhere, where()).catch((error: Error) => error.message);
    expect(failure).toMatch(
      /^mirror: does not have model-2\.tgz; 127\.0\.0\.1:9: 127\.0\.0\.1:9 cannot be reached/,
    );
    expect(failure).not.toContain('\n');
  });

  it('is not asked for what is not published for the platform', () => {
    expect(isAvailable(bench.model, where())).toBe(true);
    expect(isAvailable(bench.model, { ...where(), arch: 'arm64' })).toBe(false);
  });

  it('is done again when the manifest names another file', async () => {
    await installModel(bench.model, where());
    expect(isInstalled(withSha('2'.repeat(64)), where())).toBe(false);
  });

  it('starts over what an interrupted unpacking left', async () => {
    const leftover = join(modelFiles(), `ears.${process.pid}.tmp`);
    mkdirSync(leftover, { recursive: true });
    writeFileSync(join(leftover, 'weights.bin'), 'half');
    expect(isInstalled(bench.model, where())).toBe(false);
    await installModel(bench.model, where());
    expect(readdirSync(modelFiles())).toEqual(['ears']);
    expect(readFileSync(join(modelFiles(), 'ears', 'weights.bin'), 'utf8')).toBe('weights');
  });
});
