import { describe, expect, it } from 'vitest';
import { manifest } from '../../../scripts/models/manifest.ts';

describe('the model manifest', () => {
  it('names each model once', () => {
    const names = manifest.map((model) => model.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(manifest)('tells for $name what it is for, whose it is, and a verifiable source', (model) => {
    expect(model.name).toMatch(/^[a-z0-9-]+$/);
    for (const text of [model.purpose, model.licence, model.without]) expect(text).not.toBe('');
    for (const artifact of model.artifacts) {
      expect(artifact.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(artifact.sources.length).toBeGreaterThan(0);
      for (const folder of Object.values(artifact.folder ?? {})) expect(folder).toMatch(/\/$/);
    }
  });
});
