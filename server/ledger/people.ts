import type { Json } from '../../shared/json.ts';

/** Port: who a customer is, by the site's own id or by one of ours (`per_…`). */
export type People = {
  /** All ids under which the ledger knows this customer; empty for one who was never here. */
  find(site: string, id: string): Promise<readonly string[]>;
};

/** Knows people by our own ids only. */
export const peopleByOwnId: People = {
  find: async (_site, id) => (/^per_[0-9a-f]{32}$/.test(id) ? [id] : []),
};

/** Something beside the ledger that keeps what is personal: handles, memories, timelines. */
export type PersonalRecords = {
  /** Its name in an export. */
  readonly name: string;
  export(site: string, people: readonly string[]): Promise<Json>;
  erase(site: string, people: readonly string[], atMs: number): Promise<void>;
};
