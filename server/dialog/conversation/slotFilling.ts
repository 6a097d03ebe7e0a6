import type { Json } from '../../../shared/json.ts';
import type { Scope } from '../playbooks/expression.ts';
import type { SlotPlan } from '../playbooks/playbook.ts';
import type { CallerTurn } from '../policy.ts';
import { readCorrection } from '../understanding/correction.ts';
import { CERTAIN, type ReadSlot, type SlotReading } from '../understanding/slot.ts';
import type { SlotValue, Task } from './task.ts';

/** Below this a recogniser's word is doubted for numbers, dates and the like. */
const DOUBTED_RECOGNITION = 0.5;
/** What was read worse is no reading. */
const GUESS = 0.3;
/** A choice that was read worse than this is confirmed. */
const DOUBTED_CHOICE = 0.6;

/** How much of what was said a reading covers: 1 for "on Friday" read as Friday. */
function coverage(text: string, source: string): number {
  const said = wordCount(text);
  return said === 0 ? 0 : Math.min(1, wordCount(source) / said);
}

function wordCount(text: string): number {
  return text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
}

/** "No, the blue one" is read again as "the blue one". */
function reread(turn: CallerTurn, rest: string): CallerTurn {
  return { ...turn, text: rest, alternatives: [] };
}

export type Filled = { slot: SlotPlan; value: SlotValue; corrected: boolean; coverage: number };

/** Values that the call has told so far, by the name of the slot. */
export type Memory = Map<string, Json>;

export type Reading = {
  readSlot: ReadSlot;
  turn: CallerTurn;
  language: string;
  scope: Scope;
};

/** Takes what is known already: from earlier in the call, else from the session. */
export function fillFromKnown(task: Task, plan: SlotPlan, memory: Memory, scope: Scope): void {
  const held = task.slots.get(plan.name);
  // What the session told may be told otherwise by now; what the caller said, or is asked about, stays.
  if (held && (held.from !== 'session' || !held.certain)) return;
  task.slots.delete(plan.name);
  const remembered = plan.keep === 'call' ? memory.get(plan.name) : undefined;
  if (remembered !== undefined && !task.hasRejected(plan.name, remembered)) {
    task.slots.set(plan.name, { value: remembered, from: 'earlier', certain: true, resolved: false });
    return;
  }
  for (const from of plan.from) {
    const value = from.evaluate(scope);
    if (value === undefined || value === null || value === '') continue;
    if (task.hasRejected(plan.name, value)) continue;
    task.slots.set(plan.name, { value, from: 'session', certain: true, resolved: false });
    return;
  }
}

/** Values that the session knows for a slot, without those that turned out wrong. */
export function knownValues(task: Task, plan: SlotPlan, scope: Scope): string[] {
  const known = plan.known?.evaluate(scope);
  const list = Array.isArray(known) ? known : known === undefined || known === null ? [] : [known];
  return [...new Set(list.map(String))].filter((value) => !task.hasRejected(plan.name, value));
}

/**
 * Everything that an utterance says about a task's slots: the one that was asked for, others by the way, and
 * corrections of what is filled. Nothing is taken over yet.
 */
export function readSlots(task: Task, asked: SlotPlan | null, reading: Reading): Filled[] {
  const correction = readCorrection(reading.turn.text, reading.language);
  const filled: Filled[] = [];
  for (const plan of task.playbook.slots.values()) {
    const isAsked = plan === asked;
    // Free text is whatever is said: it is read only when it was asked for.
    if (!isAsked && (plan.type === 'text' || plan.type === 'yesNo')) continue;
    const held = task.slots.get(plan.name);
    const best =
      (correction &&
        bestReading(task, plan, isAsked, { ...reading, turn: reread(reading.turn, correction.rest) })) ??
      bestReading(task, plan, isAsked, reading);
    if (!best) continue;
    const same = held !== undefined && JSON.stringify(held.value) === JSON.stringify(best.value);
    if (same && !isAsked) continue;
    const corrected = held !== undefined && !isAsked;
    // What came from the session gives way to the caller's word; what the caller said, to a correction.
    if (corrected && held.from === 'caller' && !correction && best.confidence < CERTAIN) continue;
    filled.push({
      slot: plan,
      value: {
        value: best.value,
        from: 'caller',
        certain: isCertain(plan, best, reading.turn),
        resolved: best.resolved,
      },
      corrected: corrected && !same,
      coverage: coverage(correction?.rest ?? reading.turn.text, best.source),
    });
  }
  return dropShared(filled, asked);
}

/** Takes readings over. */
export function accept(task: Task, filled: readonly Filled[], memory: Memory): void {
  for (const { slot, value } of filled) {
    task.slots.set(slot.name, value);
    if (value.certain) remember(slot, value.value, memory);
  }
}

export function remember(slot: SlotPlan, value: Json, memory: Memory): void {
  if (slot.keep === 'call') memory.set(slot.name, value);
}

function bestReading(task: Task, plan: SlotPlan, asked: boolean, reading: Reading): SlotReading | undefined {
  const { readSlot, turn, language, scope } = reading;
  const choices = plan.choices.get(language) ?? plan.choices.values().next().value;
  const readings = readSlot({
    spec: {
      type: plan.type,
      ...(choices ? { choices } : {}),
      ...(plan.digits === null ? {} : { digits: plan.digits }),
    },
    text: turn.text,
    alternatives: turn.alternatives,
    language,
    today: scope.today,
    known: knownValues(task, plan, scope),
    asked,
  });
  const possible = readings.filter(
    ({ value, confidence, resolved }) =>
      confidence >= GUESS && !task.hasRejected(plan.name, value) && (resolved || hasLength(plan, value)),
  );
  const [best] = possible;
  // A number that was heard but that nobody knows gives way to a known one near it: the caller is asked.
  const known = new Set(knownValues(task, plan, scope));
  const stranger = best && turn.channel === 'voice' && known.size > 0 && !known.has(String(best.value));
  return (stranger ? possible.find(({ resolved }) => resolved) : undefined) ?? best;
}

/** An order number of five digits is not "five". */
function hasLength({ type, digits }: SlotPlan, value: Json): boolean {
  return type !== 'number' || digits === null || String(value).replace(/\D/gu, '').length === digits;
}

function isCertain(plan: SlotPlan, reading: SlotReading, turn: CallerTurn): boolean {
  if (plan.confirm === 'always') return false;
  if (plan.type === 'choice' || plan.type === 'yesNo') return reading.confidence >= DOUBTED_CHOICE;
  if (reading.resolved) return false;
  if (plan.type === 'text' || plan.type === 'address') return true;
  return reading.confidence >= CERTAIN && turn.confidence >= DOUBTED_RECOGNITION;
}

/** The same words fill one slot only: the asked one first, else the one that comes first in the playbook. */
function dropShared(filled: readonly Filled[], asked: SlotPlan | null): Filled[] {
  const seen = new Map<string, Filled>();
  const ordered = [...filled].sort((a, b) => Number(b.slot === asked) - Number(a.slot === asked));
  for (const one of ordered) {
    const key = JSON.stringify(one.value.value);
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}
