import type { TimelineStore } from '../../server/storage/timelineStore.ts';
import type { TimelineEntry } from '../../shared/timeline.ts';

/** Timelines in memory; `fail` makes the disk full. */
export class MemoryTimelineStore implements TimelineStore {
  readonly name = 'memory';
  readonly calls = new Map<string, TimelineEntry[]>();
  fail = false;

  async append(callId: string, entries: readonly TimelineEntry[]): Promise<void> {
    if (this.fail) throw new Error('no space left on device');
    this.calls.set(callId, [...(this.calls.get(callId) ?? []), ...entries]);
  }

  async read(callId: string): Promise<TimelineEntry[] | null> {
    return this.calls.get(callId)?.toSorted((one, other) => one.tMs - other.tMs) ?? null;
  }

  async erase(callId: string): Promise<void> {
    this.calls.delete(callId);
  }

  async remove(callId: string): Promise<void> {
    if (this.fail) throw new Error('no space left on device');
    this.calls.delete(callId);
  }

  async close(): Promise<void> {}
}
