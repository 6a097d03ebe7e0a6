import { createHash } from 'node:crypto';
import { newId } from '../../../shared/ids.ts';
import type { Json, JsonObject } from '../../../shared/json.ts';
import type { DoneStep, ToldValue, UnfinishedTask } from '../../context/memory/memory.ts';
import type { Level } from '../../verification/level.ts';
import { carriedOver, confirmationHolds, type Moment } from '../continuity.ts';
import type { Playbook, Step } from '../playbooks/playbook.ts';
import type { TaskSnapshot } from './snapshot.ts';

export type SlotValue = {
  value: Json;
  /** Said by the caller in this task, told earlier in the call, or known to the session. */
  from: 'caller' | 'earlier' | 'session';
  /** False until a doubtful reading is confirmed. */
  certain: boolean;
  /** A known value near to what was heard. */
  resolved: boolean;
};

/** What of a task outlives its contact. */
export type TaskRecord = { slots: Record<string, ToldValue>; steps: Record<string, DoneStep> };

/** One matter that is being dealt with: a playbook, what it knows, and which of its steps are done with what. */
export class Task {
  /** Unique, and the same in every contact in which the task goes on. */
  readonly id: string;
  readonly playbook: Playbook;
  readonly intent: string;
  readonly reason: string;
  readonly slots = new Map<string, SlotValue>();
  /** What the caller was asked to prove for it and has not reached since: that is not asked twice. */
  triedFor: Level | null = null;
  readonly #done = new Map<string, DoneStep>();
  readonly #staleSinceMs = new Map<string, number | null>();
  readonly #rejected = new Map<string, Set<string>>();
  #told: Record<string, ToldValue> = {};

  constructor(playbook: Playbook, intent: string, reason = '', id = newId('task')) {
    this.id = id;
    this.playbook = playbook;
    this.intent = intent;
    this.reason = reason;
  }

  /** A task from an earlier contact, with what may be carried over. */
  static restore(unfinished: UnfinishedTask, playbook: Playbook, moment: Moment): Task {
    const task = new Task(playbook, unfinished.intent, '', unfinished.taskId);
    for (const [name, told] of Object.entries(unfinished.slots)) {
      const plan = playbook.slots.get(name);
      const fate = plan && carriedOver(plan.type, told, moment);
      if (!fate || fate === 'forget') continue;
      const certain = fate === 'keep';
      task.slots.set(name, { value: told.value, from: 'caller', certain, resolved: false });
      task.#told[name] = told;
    }
    const verbs = verbsOf(playbook.steps);
    const lastActionMs = Math.max(
      0,
      ...Object.entries(unfinished.steps).map(([id, { atMs }]) => (verbs.get(id) === 'call' ? atMs : 0)),
    );
    for (const [id, step] of Object.entries(unfinished.steps)) {
      const followed = step.atMs <= lastActionMs;
      const holds = verbs.get(id) !== 'confirm' || followed;
      if (holds || confirmationHolds(step.atMs, unfinished.channel, moment)) task.#done.set(id, step);
    }
    return task;
  }

  /** The same task in another process; null when its playbook has no place any more for something of it. */
  static fromSnapshot(snapshot: TaskSnapshot, playbook: Playbook): Task | null {
    const verbs = verbsOf(playbook.steps);
    const fits =
      playbook.intents.has(snapshot.intent) &&
      Object.keys(snapshot.slots).every((name) => playbook.slots.has(name)) &&
      Object.keys(snapshot.steps).every((id) => verbs.has(id));
    if (!fits) return null;
    const task = new Task(playbook, snapshot.intent, snapshot.reason, snapshot.id);
    for (const [name, held] of Object.entries(snapshot.slots)) task.slots.set(name, held);
    for (const [id, step] of Object.entries(snapshot.steps)) task.#done.set(id, step);
    for (const [id, sinceMs] of Object.entries(snapshot.staleSinceMs)) task.#staleSinceMs.set(id, sinceMs);
    for (const [name, values] of Object.entries(snapshot.rejected)) task.#rejected.set(name, new Set(values));
    task.#told = snapshot.told;
    task.triedFor = snapshot.triedFor;
    return task;
  }

  /** Without what is secret. Look-ups are kept: a turn that is answered anew must come to the same reply. */
  snapshot(): TaskSnapshot {
    const { id, playbook, intent, reason, triedFor } = this;
    const isTold = ([name]: [string, unknown]) => !playbook.slots.get(name)?.secret;
    return {
      id,
      playbook: playbook.name,
      intent,
      reason,
      slots: Object.fromEntries([...this.slots].filter(isTold)),
      steps: Object.fromEntries(this.#done),
      staleSinceMs: Object.fromEntries(this.#staleSinceMs),
      rejected: Object.fromEntries(
        [...this.#rejected].filter(isTold).map(([name, values]) => [name, [...values]]),
      ),
      told: this.#told,
      triedFor,
    };
  }

  copy(): Task {
    const copy = new Task(this.playbook, this.intent, this.reason, this.id);
    for (const [name, value] of this.slots) copy.slots.set(name, value);
    for (const [stepId, done] of this.#done) copy.#done.set(stepId, done);
    for (const [stepId, sinceMs] of this.#staleSinceMs) copy.#staleSinceMs.set(stepId, sinceMs);
    for (const [slot, values] of this.#rejected) copy.#rejected.set(slot, new Set(values));
    copy.#told = this.#told;
    copy.triedFor = this.triedFor;
    return copy;
  }

  /** What a step gave when it ran with the same inputs; undefined when it has to run. */
  outcomeOf(stepId: string, inputs: string): Json | undefined {
    const done = this.#done.get(stepId);
    return done?.inputs === digest([inputs]) ? done.outcome : undefined;
  }

  /** `staleSinceMs`: when an outcome was true that is older than it should be, in milliseconds since the epoch. */
  complete(
    stepId: string,
    inputs: string,
    outcome: Json,
    atMs: number,
    staleSinceMs: number | null = null,
  ): void {
    this.#done.set(stepId, { inputs: digest([inputs]), outcome, atMs });
    this.#staleSinceMs.set(stepId, staleSinceMs);
  }

  staleSinceOf(stepId: string): number | null {
    return this.#staleSinceMs.get(stepId) ?? null;
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

  /** What the caller has told, and what was said, confirmed and changed: look-ups are done anew in another contact. */
  record(nowMs: number): TaskRecord {
    const slots: Record<string, ToldValue> = {};
    for (const [name, { value, from, certain }] of this.slots) {
      if (from === 'session' || this.playbook.slots.get(name)?.secret) continue;
      const before = this.#told[name];
      const same = before && before.certain === certain && isSame(before.value, value);
      slots[name] = same ? before : { value, certain, atMs: nowMs };
    }
    this.#told = slots;
    const verbs = verbsOf(this.playbook.steps);
    const lasting = [...this.#done].filter(([id]) => verbs.get(id) !== 'lookUp');
    return { slots, steps: Object.fromEntries(lasting) };
  }
}

type Verb = Exclude<Step['verb'], 'block'> | 'lookUp';

/** What every step does, by id; look-ups and actions told apart. */
function verbsOf(steps: readonly Step[], verbs = new Map<string, Verb>()): Map<string, Verb> {
  for (const step of steps) {
    if (step.verb === 'block') verbsOf(step.steps, verbs);
    else verbs.set(step.id, step.verb === 'call' && step.operation.kind === 'lookUp' ? 'lookUp' : step.verb);
  }
  return verbs;
}

function isSame(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The same things as a short key without personal data in it. */
export function digest(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}
