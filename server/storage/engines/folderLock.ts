import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { SegueError } from '../../../shared/errors.ts';

const TRY_EVERY_MS = 100;

/**
 * Makes a folder one process's own, until that process is gone, however it went: the lock is one of the operating
 * system's, on a file that SQLite keeps. Rejects with DATABASE_IN_USE when another holds it for longer than `limitMs` (a
 * killed server's database needs a moment to end).
 */
export async function lockFolder(dir: string, limitMs: number): Promise<{ release(): void }> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const untilMs = performance.now() + limitMs;
  for (;;) {
    const file = new DatabaseSync(join(dir, 'lock.sqlite'));
    try {
      file.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
      return { release: () => file.close() };
    } catch {
      file.close();
      if (performance.now() >= untilMs) throw new SegueError('DATABASE_IN_USE', `${dir} is held.`);
      await wait(TRY_EVERY_MS);
    }
  }
}
