import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const PROGRAMS = ['redis-server', 'valkey-server'];

/** The program of a Redis server: SEGUE_REDIS_SERVER, else the one in the PATH; null if there is none. */
export function findRedis(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.SEGUE_REDIS_SERVER) return existsSync(env.SEGUE_REDIS_SERVER) ? env.SEGUE_REDIS_SERVER : null;
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const places = folders.flatMap((folder) => PROGRAMS.map((program) => join(folder, program)));
  return places.find((place) => existsSync(place)) ?? null;
}
