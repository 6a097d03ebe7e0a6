import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { databaseTemplate } from '../../shared/cache.ts';
import { run } from '../launch/children.js';
import type { Step } from './step.ts';

const MAKE = join(import.meta.dirname, '..', 'database', 'makeTemplate.ts');

/** The template's place for the installed PGlite. */
export function templateDir(root: string, cache: string): string {
  const manifest = join(root, 'node_modules', '@electric-sql', 'pglite', 'package.json');
  return databaseTemplate(cache, (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version);
}

/** An empty database to copy at a first start, which would otherwise take seconds and 1 GB of memory. */
export const databaseStep: Step = {
  name: 'database',
  async run(host) {
    const place = templateDir(host.root, host.cache);
    if (existsSync(join(place, 'PG_VERSION'))) return { state: 'ready', note: place };
    const beside = `${place}.${process.pid}`;
    await mkdir(dirname(place), { recursive: true });
    const { code, output } = await run(process.execPath, [MAKE, beside], { env: host.env });
    if (code === 0) await rename(beside, place).catch(() => {});
    await rm(beside, { recursive: true, force: true });
    if (existsSync(join(place, 'PG_VERSION'))) return { state: 'made', note: place };
    const reason = output.trim().split('\n').at(-1) ?? `ended with ${code}`;
    return { state: 'missing', note: `${reason}: the server makes its database itself, which takes longer` };
  },
};
