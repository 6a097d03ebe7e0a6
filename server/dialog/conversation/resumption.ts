import type { UnfinishedTask } from '../../context/memory/memory.ts';
import { type Moment, mayOffer, mayTell, priorityOf, stillGoesOn } from '../continuity.ts';
import type { Playbook } from '../playbooks/playbook.ts';
import type { Sentence } from '../policy.ts';
import type { SpokenValue } from '../speaking/spokenValue.ts';
import { isKnown } from '../trust.ts';
import { aboutOf, type CallContext, scopeOf, speakSlot } from './callContext.ts';
import { type Opening, suggestOpening } from './opening.ts';
import type { Question } from './question.ts';
import { Task } from './task.ts';

/** What a contact begins with: a matter that is suggested, and whether it goes on from an earlier contact. */
export type Beginning = { sentences: Sentence[]; question: Question & { kind: 'suggestion' | 'finish' } };

/** Who is spoken to, where and when, for the rules of continuity. */
export function momentOf({ thread, session, clock }: CallContext): Moment {
  return { channel: thread.channel, signed: isKnown('verified', session), nowMs: clock.epochMs() };
}

/**
 * The one matter to begin with. An unfinished task ranks among the playbooks' own greetings; where both are about the
 * same thing, the playbook's words are said and the task goes on.
 */
export function begin(context: CallContext): Beginning | null {
  const opening = suggestOpening(context, 'greeting');
  const last = latestUnfinished(context);
  if (!last) return opening;
  if (opening && isSameMatter(opening, last.unfinished)) {
    return { ...opening, question: { ...opening.question, unfinished: last.unfinished } };
  }
  if (opening && opening.rule.priority > priorityOf(last.unfinished, context.clock.epochMs())) return opening;
  return offerToFinish(context, last);
}

/** Something unfinished about a playbook's matter, when the caller brings it up again. */
export function unfinishedOf(context: CallContext, playbook: Playbook): Unfinished | null {
  return latestUnfinished(context, playbook);
}

/** "Last time we were busy with … Shall we finish that?" */
export function offerToFinish(
  context: CallContext,
  last: Unfinished,
): { sentences: Sentence[]; question: Question & { kind: 'finish' } } {
  const about = aboutUnfinished(context, last);
  return {
    sentences: context.speaker.phrase('finishLast', { about }),
    question: { kind: 'finish', ...last, instead: null },
  };
}

/** The task goes on in this contact. */
export function restore(context: CallContext, { unfinished, playbook }: Unfinished): Task {
  return Task.restore(unfinished, playbook, momentOf(context));
}

/** The caller does not want to go on with it: it is not offered again. */
export function noteDeclined({ notes }: CallContext, { taskId, playbook, intent }: UnfinishedTask): void {
  const data = { taskId, task: playbook, intent, reason: 'not_wanted', declined: true };
  notes.add({ kind: 'task.parked', data });
}

/** Whether the person is in another contact at this moment. */
export function isElsewhereToo({ thread, clock }: CallContext): boolean {
  const contacts = thread.memory()?.contacts ?? [];
  return contacts.some(
    (contact) => contact.contactId !== thread.contactId && stillGoesOn(contact, clock.epochMs()),
  );
}

export type Unfinished = { unfinished: UnfinishedTask; playbook: Playbook };

function latestUnfinished(context: CallContext, only?: Playbook): Unfinished | null {
  const { thread, library, clock } = context;
  const memory = thread.memory();
  if (!memory) return null;
  const moment = momentOf(context);
  const busyElsewhere = new Set(
    memory.contacts
      .filter((contact) => contact.contactId !== thread.contactId && stillGoesOn(contact, clock.epochMs()))
      .map(({ contactId }) => contactId),
  );
  for (const unfinished of memory.unfinished) {
    const playbook = library.playbooks.get(unfinished.playbook);
    // A playbook may have been renamed, and an intent may be gone.
    if (!playbook?.intents.has(unfinished.intent) || (only && playbook !== only)) continue;
    if (unfinished.contactId === thread.contactId) continue;
    if (unfinished.contactId !== null && busyElsewhere.has(unfinished.contactId)) continue;
    if (mayOffer(unfinished, moment, only !== undefined)) return { unfinished, playbook };
  }
  return null;
}

/** The same playbook, and nothing that the rule fills in contradicts what the caller told. */
function isSameMatter({ question }: Opening, unfinished: UnfinishedTask): boolean {
  if (question.playbook.name !== unfinished.playbook) return false;
  return Object.entries(question.fill).every(([name, value]) => {
    const told = unfinished.slots[name];
    return told === undefined || JSON.stringify(told.value) === JSON.stringify(value);
  });
}

/** "the delivery address of order 10498": the playbook's words for it, with the values that may be told. */
function aboutUnfinished(context: CallContext, { unfinished, playbook }: Unfinished): string | SpokenValue {
  const moment = momentOf(context);
  const { today } = scopeOf(context);
  const lookup = (name: string) => {
    const plan = playbook.slots.get(name);
    const told = unfinished.slots[name];
    if (!plan || !told?.certain || !mayTell(plan.type, moment)) return undefined;
    return speakSlot(context, plan, told, today);
  };
  const own = playbook.unfinished && context.speaker.value(playbook.unfinished, lookup);
  return own ?? aboutOf(context, playbook);
}

/** What was offered, and why. */
export function noteBeginning({ notes }: CallContext, { question }: Beginning): void {
  const [decision, reason] =
    question.kind === 'finish' ? ['offer_to_finish', 'left_unfinished'] : ['suggest', question.rule.id];
  notes.add({ kind: 'decision', data: { decision, reason, playbook: question.playbook.name } });
}
