import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerEvent } from './event.ts';

const NEWLINE = 10;
const READ_BYTES = 256 * 1024;
/** A spool that large is a database that nobody mends; the disk is others' too. */
const MAX_BYTES = 1024 ** 3;

/**
 * Events that wait for the database in a file, one JSON object a line. What `append` has acknowledged is on the disk.
 * One process a folder; calls must follow each other.
 */
export class Spool {
  readonly #file: FileHandle;
  #size: number;
  /** Bytes that the ledger has; kept in memory only, because an event that is given twice is kept once. */
  #offset = 0;
  /** Bytes that were read and not yet dropped. */
  #readBytes = 0;
  /** Behind `#size` may stand what a failed append has half-written. */
  #torn = false;

  private constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** Opens the folder's spool. A line that a crash cut short was never acknowledged and is left out. */
  static async open(dir: string): Promise<Spool> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const file = await open(join(dir, 'spool.jsonl'), 'a+', 0o600);
    const { size } = await file.stat();
    const whole = await endOfLastLine(file, size);
    if (whole < size) await file.truncate(whole);
    return new Spool(file, whole);
  }

  get empty(): boolean {
    return this.#offset === this.#size;
  }

  get bytes(): number {
    return this.#size - this.#offset;
  }

  /** Resolves when the events are on the disk; rejects when it is full, with nothing half-written. */
  async append(events: readonly LedgerEvent[]): Promise<void> {
    const lines = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    if (this.#size + lines.length > MAX_BYTES) throw new Error('The spool is full.');
    await this.#mend();
    try {
      await this.#file.appendFile(lines);
      await this.#file.datasync();
    } catch (error) {
      this.#torn = true;
      await this.#mend().catch(() => {});
      throw error;
    }
    this.#size += lines.length;
  }

  /** The oldest events, some of them at a time; the same ones until they are dropped. */
  async read(): Promise<LedgerEvent[]> {
    let bytes = READ_BYTES;
    for (;;) {
      const buffer = Buffer.alloc(Math.min(bytes, this.#size - this.#offset));
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#offset);
      const end = buffer.lastIndexOf(NEWLINE, bytesRead - 1) + 1;
      if (end > 0 || bytesRead === 0 || buffer.length < bytes) {
        // Behind the last line nothing can be read: the file was cut by others.
        this.#readBytes = end > 0 ? end : this.#size - this.#offset;
        return buffer.toString('utf8', 0, end).split('\n').flatMap(parseLine);
      }
      bytes *= 2;
    }
  }

  /** What was read last is in the ledger. */
  async drop(): Promise<void> {
    this.#offset += this.#readBytes;
    this.#readBytes = 0;
    if (!this.empty || this.#size === 0) return;
    await this.#file.truncate(0);
    this.#size = 0;
    this.#offset = 0;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #mend(): Promise<void> {
    if (!this.#torn) return;
    await this.#file.truncate(this.#size);
    this.#torn = false;
  }
}

async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const buffer = Buffer.alloc(READ_BYTES);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - buffer.length);
    const { bytesRead } = await file.read(buffer, 0, end - start, start);
    const at = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

/** A damaged line (a disk's fault, not ours) must not stop those behind it. */
function parseLine(line: string): LedgerEvent[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as LedgerEvent];
  } catch {
    return [];
  }
}
