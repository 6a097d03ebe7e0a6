import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isStale, STALE_AFTER_MS, withLock } from '../../../scripts/launch/lock.js';

// No process has a number this high: Linux ends at 2^22.
const DEAD_PID = 99_999_999;

describe('a lock of a holder', () => {
  const lock = { owner: '7 here', touchedMs: 1_000, nowMs: 2_000, host: 'here', alive: () => true };

  it('stands while the process lives and touches it', () => {
    expect(isStale(lock)).toBe(false);
  });

  it('is stale when the process of this machine ended', () => {
    expect(isStale({ ...lock, alive: () => false })).toBe(true);
  });

  it('is not judged by process numbers of another machine', () => {
    expect(isStale({ ...lock, owner: '7 there', alive: () => false })).toBe(false);
  });

  it('is stale when nobody touched it for long', () => {
    expect(isStale({ ...lock, nowMs: lock.touchedMs + STALE_AFTER_MS + 1 })).toBe(true);
  });
});

describe('withLock', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'segue-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('lets one work at a time and tells the other that it waits', async () => {
    const file = join(folder, 'a.lock');
    const seen: string[] = [];
    let finishFirst = () => {};
    const firstMayEnd = new Promise<void>((resolve) => {
      finishFirst = resolve;
    });
    const first = withLock(file, async () => {
      seen.push('first begins');
      await firstMayEnd;
      seen.push('first ends');
    });
    const second = withLock(file, async () => seen.push('second'), {
      onWait: () => {
        seen.push('second waits');
        finishFirst();
      },
    });
    await Promise.all([first, second]);
    expect(seen).toEqual(['first begins', 'second waits', 'first ends', 'second']);
    expect(existsSync(file)).toBe(false);
  });

  it('is released when the work fails', async () => {
    const file = join(folder, 'a.lock');
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });

  it('takes over the lock of a process that ended', async () => {
    const file = join(folder, 'a.lock');
    writeFileSync(file, `${DEAD_PID} ${hostname()}`);
    const owner = await withLock(file, async () => readFileSync(file, 'utf8'));
    expect(owner).toBe(`${process.pid} ${hostname()}`);
  });

  it('takes over an empty lock file that its writer left long ago', async () => {
    const file = join(folder, 'a.lock');
    writeFileSync(file, '');
    const longAgo = new Date(Date.now() - 2 * STALE_AFTER_MS);
    utimesSync(file, longAgo, longAgo);
    expect(await withLock(file, async () => 'worked')).toBe('worked');
  });

  it('lets many at once through one after the other, also over a stale lock', async () => {
    const file = join(folder, 'a.lock');
    writeFileSync(file, `${DEAD_PID} ${hostname()}`);
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(file, work)));
    expect(most).toBe(1);
  });
});
