import { rm } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { dirname } from 'node:path';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { SegueError } from '../../../shared/errors.ts';
import { lockFolder } from './folderLock.ts';
import { openFolder } from './pgliteFolder.ts';

/** The program of the embedded database's process: its parent is the server, its only client. */
export type PgliteStart = { dir: string; template: string | null; socket: string; lockLimitMs: number };
export type PgliteAnswer = { type: 'ready' } | { type: 'refused'; code: string; detail: string };

const LOWER_PRIORITY = 5;

const answer = (message: PgliteAnswer, sent: () => void = () => {}): void => {
  process.send?.(message, sent);
};
// A terminal's Ctrl-C reaches the whole group; the parent says when to end.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

process.once('message', (start: PgliteStart) => {
  run(start).catch((error: unknown) => {
    const { code, message } = SegueError.from(error);
    const detail =
      error instanceof SegueError ? (error.detail ?? '') : String((error as Error).message ?? message);
    // The socket's folder stays: it is the parent's, which starts another process in it.
    answer({ type: 'refused', code, detail }, () => process.exit(1));
  });
});

async function run({ dir, template, socket, lockLimitMs }: PgliteStart): Promise<void> {
  // The parent's end, however it came: nothing that it was told is lost by ending at once.
  process.on('disconnect', async () => {
    await rm(dirname(socket), { recursive: true, force: true }).catch(() => {});
    process.exit(0);
  });
  // Sound goes first.
  setPriority(LOWER_PRIORITY);
  const lock = await lockFolder(dir, lockLimitMs);
  const db = await openFolder(dir, template);
  // One that was killed left its socket behind.
  await rm(socket, { force: true });
  const server = new PGLiteSocketServer({ db, path: socket, maxConnections: 2 });
  await server.start();
  process.on('message', async () => {
    await server.stop();
    await db.close();
    lock.release();
    process.exit(0);
  });
  answer({ type: 'ready' });
}
