import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BrokenCall } from '../brokenCall.ts';
import type { Scenario } from '../scenario.ts';
import { onStage } from './onStage.ts';

const PRELOAD = new URL('../preload/clockJump.ts', import.meta.url).href;
const DISK_MB = 256;
const FULL_MS = 10_000;

/** What happens to the machine that the server runs on. */
export const MACHINE: readonly Scenario[] = [
  {
    name: 'disk-full',
    about: `the disk of the data folder is full for ${FULL_MS / 1000} s: the call goes on`,
    limitMs: 1_000,
    missing: () =>
      process.platform === 'linux' && process.getuid?.() === 0
        ? null
        : 'a small disk of its own needs Linux and root',
    async run(context) {
      const dataDir = mkdtempSync(join(tmpdir(), 'segue-disk-'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', dataDir]);
      try {
        let over: Promise<void> = Promise.resolve();
        return await onStage({ dataDir }, async (stage) =>
          (await BrokenCall.begin(stage)).run(
            {
              async fault({ notes }) {
                const file = join(dataDir, 'filler');
                notes.push(`${Math.round(fill(file) / 1e6)} MB were free`);
                over = pause(FULL_MS).then(() => unlinkSync(file));
                return Date.now();
              },
              between: () => over,
            },
            context,
          ),
        );
      } finally {
        execFileSync('umount', ['-l', dataDir]);
        rmSync(dataDir, { recursive: true, force: true });
      }
    },
  },
  {
    name: 'clock-jump',
    about: "the server's clock is set an hour ahead in the middle of the call: nothing is noticed",
    limitMs: 1_000,
    run: () =>
      onStage({ flags: ['--import', PRELOAD] }, async (stage) =>
        (await BrokenCall.begin(stage)).run({
          async fault() {
            stage.server.signal('SIGUSR2');
            return Date.now();
          },
        }),
      ),
  },
];

/** Writes until nothing more fits; answers how many bytes it were. */
function fill(file: string): number {
  const piece = Buffer.alloc(1 << 20);
  const descriptor = openSync(file, 'w');
  let written = 0;
  try {
    for (let size = piece.length; size > 0; ) {
      try {
        written += writeSync(descriptor, piece, 0, size);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        size >>= 1;
      }
    }
  } finally {
    closeSync(descriptor);
  }
  return written;
}
