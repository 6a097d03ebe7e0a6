import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config.ts';

const SECRET_BYTES = 32;
const ID_BYTES = 16;

/** What one data folder on one machine keeps from a start of the server to the next. */
export type Place = {
  /** Signs the tokens of sessions, so that a visitor is known again after a restart. */
  sessionSecret: Uint8Array;
  /** This process as the owner of calls. */
  owner: string;
  /** Whether an owner was a process of this place before: the folder is locked, so it is dead. */
  wasHere(owner: string): boolean;
};

/** `node`: this process's name among the servers. The folder has to be locked. */
export function openPlace(config: Pick<Config, 'dataDir' | 'sessionSecret'>, node: string): Place {
  const id = kept(config.dataDir, 'server.id', ID_BYTES);
  // A folder that was copied to another machine, with the image of a container say, is another place.
  const place = createHash('sha256').update(id).update(hostname()).digest('hex').slice(0, 16);
  const owner = ownerOf(place, node);
  return {
    sessionSecret: config.sessionSecret ?? kept(config.dataDir, 'session.secret', SECRET_BYTES),
    owner,
    wasHere: (other) => other !== owner && other.startsWith(`${place}/`),
  };
}

/** The name among the servers of an owner of calls. */
export function nodeOf(owner: string): string {
  return owner.slice(owner.indexOf('/') + 1);
}

function ownerOf(place: string, node: string): string {
  return `${place}/${node}`;
}

/** Random bytes that are made at the first start, readable by the server's own user only. */
function kept(dir: string, name: string, bytes: number): Buffer {
  const file = join(dir, name);
  const read = (): Buffer | null => {
    const found = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
    return found.length === bytes ? found : null;
  };
  try {
    mkdirSync(dir, { recursive: true });
    writeFileSync(file, randomBytes(bytes).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = read();
  if (found) return found;
  // Cut short by a full disk, or a crash.
  writeFileSync(file, randomBytes(bytes).toString('hex'), { mode: 0o600 });
  return read() ?? randomBytes(bytes);
}
