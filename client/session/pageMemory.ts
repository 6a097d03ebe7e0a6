import type { Json, JsonObject } from '../../shared/json.ts';
import type { PageEventDraft } from '../contract.ts';

const MAX_EVENTS = 50;
const EVENT_NAME = /^[a-zA-Z][\w.:-]{0,63}$/;

/** What the page has told before and between calls: its claims and its latest events, bounded. */
export class PageMemory {
  context: JsonObject = {};
  #events: PageEventDraft[] = [];

  get events(): readonly PageEventDraft[] {
    return this.#events;
  }

  /** Top-level keys are replaced; null forgets a key. */
  merge(patch: JsonObject): void {
    const merged = { ...this.context, ...patch };
    this.context = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  }

  /** False when the name is not one that the server takes: a short word such as `payment_failed`. */
  track(name: string, data: Json, atMs: number): boolean {
    if (!EVENT_NAME.test(name)) return false;
    this.#events = [...this.#events.slice(1 - MAX_EVENTS), { name, data, atMs }];
    return true;
  }
}

/** The patch that turns `from` into `to`: changed and added keys, and null for those that are gone. */
export function contextPatch(from: JsonObject, to: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    if (JSON.stringify(from[key]) !== JSON.stringify(value)) patch[key] = value;
  }
  return patch;
}
