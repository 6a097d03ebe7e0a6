import type { JsonObject } from '../../../shared/json.ts';
import type { PersonMemory } from './memory.ts';
import { tendenciesOf } from './tendencies.ts';

/** Names that only a memory may tell; what a page claims under them is left out. */
export const MEMORY_ROOT = 'memory';

const DAY_MS = 86_400_000;

/**
 * A memory as facts for playbooks, e.g. `facts.memory.promises`. What was said for a task is not among them: a task that
 * goes on has it.
 */
export function memoryFacts(memory: PersonMemory, nowMs: number): JsonObject {
  const { contacts, unfinished, resolutions, promises, pageEvents, tally } = memory;
  const earlier = contacts.filter(({ endedAtMs }) => endedAtMs !== null);
  const [last] = earlier;
  const tendencies = tendenciesOf(memory);
  return {
    [`${MEMORY_ROOT}.contacts`]: tally.contacts,
    [`${MEMORY_ROOT}.lastContact`]: last
      ? {
          at: iso(last.startedAtMs),
          daysAgo: Math.floor((nowMs - last.startedAtMs) / DAY_MS),
          channel: last.channel,
          intents: [...last.intents],
          outcome: last.outcome,
        }
      : null,
    [`${MEMORY_ROOT}.unfinished`]: unfinished.map(({ playbook, intent, atMs, declined }) => ({
      playbook,
      intent,
      at: iso(atMs),
      declined,
    })),
    [`${MEMORY_ROOT}.resolved`]: resolutions.map(({ playbook, intent, atMs }) => ({
      playbook,
      intent,
      at: iso(atMs),
    })),
    [`${MEMORY_ROOT}.promises`]: promises.map(({ what, text, dueAtMs, atMs }) => ({
      what,
      text,
      at: iso(atMs),
      due: dueAtMs === null ? null : iso(dueAtMs),
      overdue: dueAtMs !== null && dueAtMs < nowMs,
    })),
    [`${MEMORY_ROOT}.pageEvents`]: pageEvents.map(({ name, atMs }) => ({ name, at: iso(atMs) })),
    [`${MEMORY_ROOT}.tendencies`]: { ...tendencies },
  };
}

/** The same facts, forgotten. */
export function forgottenFacts(): JsonObject {
  const names = ['contacts', 'lastContact', 'unfinished', 'resolved', 'promises', 'pageEvents', 'tendencies'];
  return Object.fromEntries(names.map((name) => [`${MEMORY_ROOT}.${name}`, null]));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
