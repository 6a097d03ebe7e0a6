import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const CEM = join(ROOT, 'node_modules/@custom-elements-manifest/analyzer/cem.js');

it('custom-elements.json says what the sources say (else: npx cem analyze)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'segue-manifest-'));
  try {
    await promisify(execFile)(process.execPath, [CEM, 'analyze', '--outdir', relative(ROOT, folder)], {
      cwd: ROOT,
    });
    const [fresh, kept] = await Promise.all(
      [folder, ROOT].map(async (dir) =>
        JSON.parse(await readFile(join(dir, 'custom-elements.json'), 'utf8')),
      ),
    );
    expect(kept).toEqual(fresh);
    const element = kept.modules
      .flatMap((module: { declarations: { tagName?: string }[] }) => module.declarations)
      .find(({ tagName }: { tagName?: string }) => tagName === 'segue-voice');
    const names = (list: { name: string }[]) => list.map(({ name }) => name).toSorted();
    expect(names(element.members)).toEqual(
      [
        'server',
        'site',
        'lang',
        'theme',
        'position',
        'remember',
        'bridge',
        'noiseSuppression',
        'languageModel',
        'languageModelUrl',
        'identity',
        'context',
        'state',
        'callId',
        'call',
        'hangUp',
      ]
        .concat('mute', 'updateContext', 'track', 'sendText')
        .toSorted(),
    );
    expect(names(element.attributes)).toEqual([
      'bridge',
      'lang',
      'language-model',
      'language-model-url',
      'noise-suppression',
      'position',
      'remember',
      'server',
      'site',
      'theme',
    ]);
    expect(names(element.cssParts)).toEqual(['button', 'controls', 'launcher', 'panel', 'transcript']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
