import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prebuiltUrl } from '../../../scripts/setup/worker/prebuilt.ts';
import { applyPatch, patches, recipeHash } from '../../../scripts/setup/worker/sources.ts';
import { workerRuns } from '../../../scripts/setup/worker/verify.ts';

const sources = join(import.meta.dirname, '..', '..', '..', 'node_modules', 'mediasoup', 'worker');

describe('the worker built here', () => {
  it.each(patches)('has a patch that fits the installed mediasoup: $file', (patch) => {
    const text = readFileSync(join(sources, patch.file), 'utf8');
    expect(applyPatch(text, patch)).toContain(patch.to);
  });

  it('is not built when a patch does not fit', () => {
    const patch = { file: 'a.cpp', from: 'x', to: 'y', why: '' };
    expect(() => applyPatch('nothing', patch)).toThrow('a.cpp does not contain "x" exactly once');
    expect(() => applyPatch('x and x', patch)).toThrow('exactly once');
  });

  it('is known by its recipe', () => {
    expect(recipeHash()).toMatch(/^[0-9a-f]{64}$/);
    expect(recipeHash()).toBe(recipeHash());
  });
});

describe('the prebuilt worker', () => {
  it('is named as mediasoup names it', () => {
    const linux = { env: {}, platform: 'linux' as const, arch: 'x64' };
    expect(prebuiltUrl('3.27.1', linux, '6.1.0-9-amd64')).toBe(
      'https://github.com/versatica/mediasoup/releases/download/3.27.1/mediasoup-worker-3.27.1-linux-x64-kernel6.tgz',
    );
    const mac = { env: {}, platform: 'darwin' as const, arch: 'arm64' };
    expect(prebuiltUrl('3.27.1', mac, '24.0.0')).toMatch(/mediasoup-worker-3\.27\.1-darwin-arm64\.tgz$/);
  });

  it('comes from the place that mediasoup’s own variable names', () => {
    const env = { MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: 'https://mirror.example/m' };
    expect(prebuiltUrl('1.0.0', { env, platform: 'darwin', arch: 'x64' }, '')).toMatch(
      /^https:\/\/mirror\.example\/m\/1\.0\.0\//,
    );
  });
});

describe('the check of a worker', () => {
  it('refuses what is not a worker or not there', async () => {
    expect(await workerRuns(process.execPath)).toBe(false);
    expect(await workerRuns('/nowhere/mediasoup-worker')).toBe(false);
  });

  it('accepts the worker of this machine', async (test) => {
    const binary = process.env.MEDIASOUP_WORKER_BIN;
    if (!binary) return test.skip('no mediasoup worker here (npm run setup makes one)');
    expect(await workerRuns(binary)).toBe(true);
  });
});
