import type { Clock } from '../../../shared/clock.ts';
import type { Facts } from '../../../shared/facts.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { Connector } from '../../records/connector.ts';
import type { Scope } from '../playbooks/expression.ts';
import type { Library, Playbook, SlotPlan, ValuePlan } from '../playbooks/playbook.ts';
import type { SessionView } from '../policy.ts';
import { ageOf } from '../speaking/age.ts';
import { localDay } from '../speaking/calendar.ts';
import { SpokenValue, speak } from '../speaking/spokenValue.ts';
import type { Thread } from '../thread.ts';
import { isKnown, isSigned, mayRead } from '../trust.ts';
import type { ReadSlot } from '../understanding/slot.ts';
import type { Notes } from './notes.ts';
import { makeScope } from './scope.ts';
import type { Memory } from './slotFilling.ts';
import type { Speaker, ValueLookup } from './speaker.ts';
import type { SlotValue, Task } from './task.ts';

/** What the parts of one conversation share. */
export type CallContext = {
  readonly library: Library;
  readonly session: SessionView;
  readonly connector: Connector;
  readonly readSlot: ReadSlot;
  readonly clock: Clock;
  readonly speaker: Speaker;
  /** The language of this conversation: the session's, if the playbooks speak it. */
  readonly language: string;
  /** Values that were told in this call. */
  readonly memory: Memory;
  /** Earlier contacts of the same person, and the ledger. */
  readonly thread: Thread;
  /** What this conversation writes into the ledger. */
  readonly notes: Notes;
  /** Aborted when the conversation closes. */
  readonly signal: AbortSignal;
  /** A look-up takes long. */
  onSlow(): void;
  /** What was talked about so far, for a colleague. */
  summary(): string;
};

/** What expressions see now; of a task, when there is one. */
export function scopeOf(context: CallContext, task: Task | null = null, data: JsonObject = {}): Scope {
  const { session, clock, library } = context;
  const nowMs = clock.epochMs();
  return makeScope({
    facts: session.facts(),
    events: session.events(),
    signed: isKnown('verified', session),
    claimed: session.verifier?.claimed ?? isSigned(session.subject),
    today: localDay(nowMs, library.site.timeZone),
    nowMs,
    data,
    summary: context.summary(),
    ...(task ? { slots: task.slotValues(), intent: task.intent, reason: task.reason } : {}),
  });
}

/** Finds what the messages of a playbook name: slots, its values, the site's values. */
export function valuesOf(
  context: CallContext,
  playbook: Playbook | null,
  task: Task | null,
  scope: Scope,
): ValueLookup {
  const { site } = context.library;
  let facts: Facts | undefined;
  return (name) => {
    if (name === 'assistant') return new SpokenValue(site.assistant, site.assistant);
    if (name === 'site') return new SpokenValue(site.name, site.name);
    if (name === 'asOf') {
      if (!scope.stale) return undefined;
      const age = ageOf(scope.asOfMs, scope.nowMs, context.language);
      return new SpokenValue(scope.asOfMs, age);
    }
    if (name === 'reason') return task?.reason ? new SpokenValue(task.reason, task.reason) : undefined;
    const slot = playbook?.slots.get(name);
    if (slot) {
      const held = task?.slots.get(name);
      return held && speakSlot(context, slot, held, scope.today);
    }
    const plan = playbook?.values.get(name) ?? site.values.get(name);
    if (!plan) return undefined;
    facts ??= context.session.facts();
    return mayRead(plan, facts, context.session) ? speakValue(context, plan, scope) : undefined;
  };
}

export function speakSlot(
  context: CallContext,
  slot: SlotPlan,
  held: Pick<SlotValue, 'value'>,
  today: string,
): SpokenValue | undefined {
  const { language } = context;
  const { timeZone, currency } = context.library.site;
  const choice = (slot.choices.get(language) ?? slot.choices.values().next().value)?.[
    String(held.value)
  ]?.[0];
  if (choice !== undefined) return new SpokenValue(held.value, choice);
  return speak(held.value, slot.as, { language, timeZone, today, currency });
}

function speakValue(context: CallContext, plan: ValuePlan, scope: Scope): SpokenValue | undefined {
  const { language } = context;
  const { timeZone, currency } = context.library.site;
  const own = plan.currency?.evaluate(scope);
  const place = {
    language,
    timeZone,
    today: scope.today,
    currency: typeof own === 'string' ? own : currency,
  };
  return speak(plan.is.evaluate(scope), plan.as, place);
}

/** "your return", in this conversation's language. */
export function aboutOf(context: CallContext, playbook: Playbook): string {
  return context.speaker.label(playbook.about);
}
