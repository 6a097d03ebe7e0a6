// A lock file, so that two set-ups at once do not work on the same files.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';

const HEARTBEAT_MS = 5_000;
/** A holder that has not touched its lock for so long is gone. */
export const STALE_AFTER_MS = 30_000;
const POLL_MS = 200;

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Whether a lock's holder is gone: its process ended, or (on another machine) its heartbeat stopped.
 * @param {{ owner: string, touchedMs: number, nowMs: number, host: string, alive: (pid: number) => boolean }} lock
 *   `owner` is the file's text, "pid host"
 */
export function isStale({ owner, touchedMs, nowMs, host, alive }) {
  if (nowMs - touchedMs > STALE_AFTER_MS) return true;
  const [pid, ownerHost] = owner.trim().split(' ');
  return ownerHost === host && !alive(Number(pid));
}

/** @param {string} file */
function holderIsGone(file) {
  try {
    const owner = readFileSync(file, 'utf8');
    // The holder is between creating the file and writing its name.
    if (!owner) return Date.now() - statSync(file).mtimeMs > STALE_AFTER_MS;
    return isStale({
      owner,
      touchedMs: statSync(file).mtimeMs,
      nowMs: Date.now(),
      host: hostname(),
      alive: isAlive,
    });
  } catch {
    return false;
  }
}

/** @param {string} file */
function create(file) {
  try {
    writeFileSync(file, `${process.pid} ${hostname()}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a stale lock. Only the holder of a second lock may, so that nobody removes the fresh lock of
 * somebody who was quicker.
 * @param {string} file
 */
function removeIfStale(file) {
  if (!holderIsGone(file)) return;
  const guard = `${file}.cleaning`;
  if (!create(guard)) {
    if (holderIsGone(guard)) rmSync(guard, { force: true });
    return;
  }
  try {
    if (holderIsGone(file)) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * Runs `work` while holding the lock `file`; waits for another holder.
 * @template Value
 * @param {string} file
 * @param {() => Promise<Value>} work
 * @param {{ onWait?: () => void }} [options]
 * @returns {Promise<Value>}
 */
export async function withLock(file, work, { onWait } = {}) {
  mkdirSync(dirname(file), { recursive: true });
  let waited = false;
  while (!create(file)) {
    removeIfStale(file);
    if (!existsSync(file)) continue;
    if (!waited) onWait?.();
    waited = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const heartbeat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // Somebody removed the folder; the work itself will notice.
    }
  }, HEARTBEAT_MS);
  heartbeat.unref();
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.off('exit', release);
    release();
  }
}
