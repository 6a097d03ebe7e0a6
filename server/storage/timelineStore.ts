import type { TimelineEntry } from '../../shared/timeline.ts';

/** Port: where the timelines of calls are kept. */
export type TimelineStore = {
  readonly name: string;
  /** Adds entries behind those that are there; in the order of the calls. */
  append(callId: string, entries: readonly TimelineEntry[]): Promise<void>;
  /**
   * All entries of a call by time, those of one moment as they were appended (what is dated back to its sound comes
   * later than it counts); null for an unknown call.
   */
  read(callId: string): Promise<TimelineEntry[] | null>;
  /** Removes a call's entries and takes no more of it. */
  erase(callId: string): Promise<void>;
  /** Removes a call's entries: it was over long ago. */
  remove(callId: string): Promise<void>;
  close(): Promise<void>;
};
