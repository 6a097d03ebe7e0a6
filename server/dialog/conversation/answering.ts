import type { SlotPlan } from '../playbooks/playbook.ts';
import type { Sentence } from '../policy.ts';
import { type CallContext, scopeOf, speakSlot } from './callContext.ts';
import type { Heard } from './hearing.ts';
import { accept, type Filled, readSlots, remember } from './slotFilling.ts';
import type { Task } from './task.ts';
import { noteTold } from './turnNotes.ts';

/** Readings that together cover so much of what was said are an answer, even when the words resemble another matter. */
const MOSTLY_ANSWER = 0.5;

/** Readings of a turn for a task; none when the caller rather speaks of something else. */
export function answersFor(context: CallContext, task: Task, heard: Heard, asked: SlotPlan | null): Filled[] {
  const { readSlot, language } = context;
  const scope = scopeOf(context, task);
  const filled = readSlots(task, asked, { readSlot, turn: heard.turn, language, scope });
  return turnsAway(heard, task, filled) ? [] : filled;
}

/** True when a turn is about another matter, and not mostly an answer that resembles one. */
function turnsAway(heard: Heard, task: Task, filled: readonly Filled[]): boolean {
  const elsewhere =
    heard.smallTalk !== null || (heard.intent?.aside === true && heard.intent.playbook !== task.playbook);
  if (!elsewhere) return false;
  return !isMostlyAnswer(filled);
}

/** Whether readings make up most of what was said. */
export function isMostlyAnswer(filled: readonly Filled[]): boolean {
  const solid = filled.filter(({ slot }) => slot.type !== 'text');
  return solid.reduce((sum, { coverage }) => sum + coverage, 0) >= MOSTLY_ANSWER;
}

/** Takes readings over and says which filled values changed: "Okay, drop-off." */
export function takeOver(context: CallContext, task: Task, filled: readonly Filled[]): Sentence[] {
  const changed = filled.filter(({ corrected }) => corrected);
  accept(task, filled, context.memory);
  noteTold(context, task, filled);
  const { today } = scopeOf(context, task);
  return changed.flatMap(({ slot, value }) => {
    const spoken = value.certain ? speakSlot(context, slot, value, today) : undefined;
    return spoken ? context.speaker.phrase('corrected', { value: spoken }) : [];
  });
}

/** The caller says yes to a doubtful value. */
export function settle(context: CallContext, task: Task, slot: SlotPlan): void {
  const held = task.slots.get(slot.name);
  if (!held) return;
  task.slots.set(slot.name, { ...held, certain: true });
  remember(slot, held.value, context.memory);
}

/** Which slot "the address" or "the day" names, by its label. */
export function slotNamedIn(
  context: CallContext,
  slots: readonly SlotPlan[],
  text: string,
): SlotPlan | undefined {
  const words = new Set(wordsOf(text));
  return slots.find((slot) => wordsOf(context.speaker.label(slot.label)).some((word) => words.has(word)));
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length > 2);
}
