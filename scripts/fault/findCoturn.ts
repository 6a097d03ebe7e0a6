import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** coturn's program: SEGUE_TURN_SERVER, else the one in the PATH; null if there is none. */
export function findCoturn(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.SEGUE_TURN_SERVER) return existsSync(env.SEGUE_TURN_SERVER) ? env.SEGUE_TURN_SERVER : null;
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, 'turnserver')).find((file) => existsSync(file)) ?? null;
}
