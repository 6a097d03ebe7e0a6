import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian's place, one folder a major version. */
const DEBIAN = '/usr/lib/postgresql';
const PROGRAMS = ['initdb', 'postgres'];

/** The folder with PostgreSQL's programs: SEGUE_POSTGRES_BIN, Debian's newest, the PATH; null if there is none. */
export function findPostgres(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.SEGUE_POSTGRES_BIN) return hasPrograms(env.SEGUE_POSTGRES_BIN) ? env.SEGUE_POSTGRES_BIN : null;
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const newestFirst = versions.sort((one, other) => Number(other) - Number(one));
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return (
    [...newestFirst.map((version) => join(DEBIAN, version, 'bin')), ...folders].find(hasPrograms) ?? null
  );
}

function hasPrograms(folder: string): boolean {
  return PROGRAMS.every((program) => existsSync(join(folder, program)));
}
