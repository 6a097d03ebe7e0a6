import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPostgres } from '../../../scripts/database/findPostgres.ts';
import { databaseStep, templateDir } from '../../../scripts/setup/database.ts';
import { postgresStep } from '../../../scripts/setup/postgres.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'segue-setup-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const host = (env: NodeJS.ProcessEnv = {}) => ({
  root: ROOT,
  cache: dir,
  env,
  platform: process.platform,
  arch: process.arch,
});

test('an empty database that is there is taken as it is', async () => {
  const place = templateDir(ROOT, dir);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'PG_VERSION'), '18');
  expect(await databaseStep.run(host())).toEqual({ state: 'ready', note: place });
});

test('PostgreSQL’s programs are found where the environment says', () => {
  for (const program of ['initdb', 'postgres']) writeFileSync(join(dir, program), '');
  expect(findPostgres({ SEGUE_POSTGRES_BIN: dir })).toBe(dir);
  expect(findPostgres({ SEGUE_POSTGRES_BIN: join(dir, 'none') })).toBeNull();
});

test('a given database needs no programs', async () => {
  expect(await postgresStep.run(host({ DATABASE_URL: 'postgres://db/segue' }))).toMatchObject({
    state: 'ready',
  });
});
