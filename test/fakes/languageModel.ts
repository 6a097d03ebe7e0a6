/** The language model where set-up has put it, or where the mirror of the tests has it. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { modelDir, userCacheDir } from '../../shared/cache.ts';

const places = [
  modelDir(userCacheDir(), 'zkm-lid'),
  resolve(import.meta.dirname, '../../../shared/models/zkm-lid'),
];

/** Folder with `variables.index` and `variables.data`, or null; says so. */
export const languageModelDir = ((): string | null => {
  const found = places.find((folder) => existsSync(join(folder, 'variables.data')));
  if (!found) console.warn('Skipped: the language model is not on this machine; `npm start` fetches it.');
  return found ?? null;
})();

export function languageModelFiles(folder: string): { index: Uint8Array; data: Uint8Array } {
  return {
    index: new Uint8Array(readFileSync(join(folder, 'variables.index'))),
    data: new Uint8Array(readFileSync(join(folder, 'variables.data'))),
  };
}
