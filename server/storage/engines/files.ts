import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SegueError } from '../../../shared/errors.ts';
import { isId } from '../../../shared/ids.ts';
import type { TimelineEntry } from '../../../shared/timeline.ts';
import type { TimelineStore } from '../timelineStore.ts';

/** One JSON-lines file a call in a folder. */
export class FileTimelineStore implements TimelineStore {
  readonly name = 'files';
  readonly #dir: string;
  /** Writes of one call follow each other; the entry goes when nothing waits. */
  readonly #writing = new Map<string, Promise<void>>();
  /** Calls that may still run when what they said is erased. */
  readonly #erased = new Set<string>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  append(callId: string, entries: readonly TimelineEntry[]): Promise<void> {
    if (this.#erased.has(callId)) return Promise.resolve();
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    const before = this.#writing.get(callId) ?? Promise.resolve();
    const written = before
      .catch(() => {})
      .then(async () => {
        await mkdir(this.#dir, { recursive: true });
        await appendFile(this.#file(callId), lines);
      })
      .finally(() => {
        if (this.#writing.get(callId) === written) this.#writing.delete(callId);
      });
    this.#writing.set(callId, written);
    return written;
  }

  async read(callId: string): Promise<TimelineEntry[] | null> {
    if (!isId('call', callId)) return null;
    await this.#writing.get(callId)?.catch(() => {});
    let text: string;
    try {
      text = await readFile(this.#file(callId), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    return text
      .split('\n')
      .flatMap(parseLine)
      .sort((one, other) => one.tMs - other.tMs);
  }

  async erase(callId: string): Promise<void> {
    if (!isId('call', callId)) return;
    this.#erased.add(callId);
    await this.remove(callId);
  }

  async remove(callId: string): Promise<void> {
    if (!isId('call', callId)) return;
    await this.#writing.get(callId)?.catch(() => {});
    await rm(this.#file(callId), { force: true });
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#writing.values());
  }

  #file(callId: string): string {
    if (!isId('call', callId)) throw new SegueError('CALL_UNKNOWN');
    return join(this.#dir, `${callId}.jsonl`);
  }
}

/** A line cut short by a crash is left out. */
function parseLine(line: string): TimelineEntry[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as TimelineEntry];
  } catch {
    return [];
  }
}
