import type { Json, JsonObject } from '../../../shared/json.ts';
import type { Playbook } from '../playbooks/playbook.ts';

export type SlotValue = {
  value: Json;
  /** Said by the caller in this task, told earlier in the call, or known to the session. */
  from: 'caller' | 'earlier' | 'session';
  /** False until a doubtful reading is confirmed. */
  certain: boolean;
  /** A known value near to what was heard. */
  resolved: boolean;
};

/** One matter that is being dealt with: a playbook, what it knows, and which of its steps are done with what. */
export class Task {
  readonly id: number;
  readonly playbook: Playbook;
  readonly intent: string;
  readonly reason: string;
  readonly slots = new Map<string, SlotValue>();
  readonly #done = new Map<string, { inputs: string; outcome: Json; staleSinceMs: number | null }>();
  readonly #rejected = new Map<string, Set<string>>();

  constructor(id: number, playbook: Playbook, intent: string, reason = '') {
    this.id = id;
    this.playbook = playbook;
    this.intent = intent;
    this.reason = reason;
  }

  copy(): Task {
    const copy = new Task(this.id, this.playbook, this.intent, this.reason);
    for (const [name, value] of this.slots) copy.slots.set(name, value);
    for (const [stepId, done] of this.#done) copy.#done.set(stepId, done);
    for (const [slot, values] of this.#rejected) copy.#rejected.set(slot, new Set(values));
    return copy;
  }

  /** What a step gave when it ran with the same inputs; undefined when it has to run. */
  outcomeOf(stepId: string, inputs: string): Json | undefined {
    const done = this.#done.get(stepId);
    return done?.inputs === inputs ? done.outcome : undefined;
  }

  /** `staleSinceMs`: when an outcome was true that is older than it should be, in milliseconds since the epoch. */
  complete(stepId: string, inputs: string, outcome: Json, staleSinceMs: number | null = null): void {
    this.#done.set(stepId, { inputs, outcome, staleSinceMs });
  }

  staleSinceOf(stepId: string): number | null {
    return this.#done.get(stepId)?.staleSinceMs ?? null;
  }

  /** The value was wrong: it is asked for again, and not taken from elsewhere. */
  reject(slot: string): void {
    const held = this.slots.get(slot);
    if (!held) return;
    const values = this.#rejected.get(slot) ?? new Set();
    this.#rejected.set(slot, values.add(JSON.stringify(held.value)));
    this.slots.delete(slot);
  }

  hasRejected(slot: string, value: Json): boolean {
    return this.#rejected.get(slot)?.has(JSON.stringify(value)) ?? false;
  }

  /** Slots as expressions see them. */
  slotValues(): JsonObject {
    return Object.fromEntries([...this.slots].map(([name, { value }]) => [name, value]));
  }
}
