import type { JsonObject } from '../../../shared/json.ts';
import type { LedgerEvent, LedgerKind } from '../../ledger/event.ts';
import {
  type ContactMemory,
  type DoneStep,
  FRESH_MEMORY,
  KEPT,
  type PersonMemory,
  type ToldValue,
  type UnfinishedTask,
} from './memory.ts';

/** What a memory is drawn from; every other kind leaves it as it is. */
export const REMEMBERED: readonly LedgerKind[] = [
  'contact.started',
  'contact.ended',
  'outcome',
  'turn.caller',
  'language',
  'intent',
  'decision',
  'lookup',
  'handover',
  'action',
  'task.begun',
  'task.step',
  'task.parked',
  'task.resumed',
  'task.done',
  'task.abandoned',
  'preference',
  'promise.opened',
  'promise.kept',
  'promise.broken',
  'verification',
  'page.event',
  'erasure',
];

const HOUR_MS = 3_600_000;
const REPEAT = 'command.repeat';

/**
 * A person's memory after one more event of that person. Pure: the same events in the same order give the same memory,
 * so that it can be rebuilt at any time. Events are given oldest first.
 */
export function reduce(memory: PersonMemory, event: LedgerEvent): PersonMemory {
  const { data, personal, atMs } = event;
  switch (event.kind) {
    case 'contact.started':
      return began(memory, event);
    case 'contact.ended':
      return inContact(memory, event, () => ({ endedAtMs: atMs }));
    case 'outcome':
      return inContact(memory, event, () => ({ outcome: textOf(data, 'outcome') }));
    case 'turn.caller':
      return inContact(memory, event, ({ turns, typed }) => ({
        turns: turns + 1,
        typed: typed + (data.typed === true ? 1 : 0),
      }));
    case 'language':
      return inContact(memory, event, () => ({ language: textOf(data, 'language') }));
    case 'intent':
      return understood(memory, event);
    case 'decision':
      return data.decision === 'repair' ? inContact(memory, event, troubled) : memory;
    case 'lookup':
      return data.ok === false ? inContact(memory, event, troubled) : memory;
    case 'handover':
      return inContact(memory, event, ({ turns, turnsToHuman }) => ({ turnsToHuman: turnsToHuman ?? turns }));
    case 'action':
      return acted(memory, event);
    case 'task.begun':
    case 'task.step':
    case 'task.parked':
    case 'task.resumed':
      return worked(memory, event);
    case 'task.done':
      return finished(memory, event);
    case 'task.abandoned':
      return gaveUp(memory, event);
    case 'preference': {
      const preference = { value: personal.value ?? null, source: textOf(data, 'source') ?? '', atMs };
      return withPreference(memory, textOf(data, 'name'), preference);
    }
    case 'promise.opened': {
      const promise = {
        promiseId: textOf(data, 'promiseId') ?? event.id,
        what: textOf(data, 'what') ?? '',
        text: textOf(personal, 'text') ?? '',
        dueAtMs: typeof data.dueAtMs === 'number' ? data.dueAtMs : null,
        atMs,
      };
      return { ...memory, promises: [...memory.promises, promise].slice(-KEPT.promises) };
    }
    case 'promise.kept':
    case 'promise.broken':
      return {
        ...memory,
        promises: memory.promises.filter(({ promiseId }) => promiseId !== data.promiseId),
        closed: closing(memory, textOf(data, 'promiseId')),
      };
    case 'verification':
      return data.outcome === 'right'
        ? {
            ...memory,
            verification: {
              method: textOf(data, 'method') ?? '',
              level: textOf(data, 'level') ?? '',
              atMs,
            },
          }
        : memory;
    case 'page.event': {
      const seen = { name: textOf(data, 'name') ?? '', atMs };
      return { ...memory, pageEvents: [seen, ...memory.pageEvents].slice(0, KEPT.pageEvents) };
    }
    case 'erasure':
      return FRESH_MEMORY;
    default:
      return memory;
  }
}

function began(memory: PersonMemory, event: LedgerEvent): PersonMemory {
  const { atMs, channel, data } = event;
  if (event.contactId === null || memory.contacts.some(({ contactId }) => contactId === event.contactId)) {
    return memory;
  }
  const contact: ContactMemory = {
    contactId: event.contactId,
    channel,
    startedAtMs: atMs,
    lastAtMs: atMs,
    endedAtMs: null,
    language: textOf(data, 'language'),
    intents: [],
    turns: 0,
    typed: 0,
    repeats: 0,
    troubles: 0,
    turnsToHuman: null,
    outcome: null,
  };
  const { tally } = memory;
  const hour = Math.floor(atMs / HOUR_MS) % 24;
  return {
    ...memory,
    contacts: [contact, ...memory.contacts].slice(0, KEPT.contacts),
    tally: {
      ...tally,
      contacts: tally.contacts + 1,
      byChannel: { ...tally.byChannel, [channel]: (tally.byChannel[channel] ?? 0) + 1 },
      byHour: tally.byHour.map((count, at) => (at === hour ? count + 1 : count)),
    },
  };
}

/** Changes the contact that an event belongs to; most often the newest one. */
function inContact(
  memory: PersonMemory,
  { contactId, atMs }: LedgerEvent,
  change: (contact: ContactMemory) => Partial<ContactMemory>,
): PersonMemory {
  const at = memory.contacts.findIndex((contact) => contact.contactId === contactId);
  const contact = memory.contacts[at];
  if (!contact) return memory;
  const changed = { ...contact, lastAtMs: Math.max(contact.lastAtMs, atMs), ...change(contact) };
  return { ...memory, contacts: memory.contacts.with(at, changed) };
}

function troubled({ troubles }: ContactMemory): Partial<ContactMemory> {
  return { troubles: troubles + 1 };
}

function understood(memory: PersonMemory, event: LedgerEvent): PersonMemory {
  const intent = textOf(event.data, 'intent');
  if (intent === null) return memory;
  if (intent === REPEAT) return inContact(memory, event, ({ repeats }) => ({ repeats: repeats + 1 }));
  const contact = memory.contacts.find(({ contactId }) => contactId === event.contactId);
  if (!contact || contact.intents.includes(intent)) return memory;
  const { byIntent } = memory.tally;
  const counted =
    intent in byIntent || Object.keys(byIntent).length < KEPT.intents
      ? { ...byIntent, [intent]: (byIntent[intent] ?? 0) + 1 }
      : byIntent;
  const next = inContact(memory, event, ({ intents }) => ({
    intents: [...intents, intent].slice(-KEPT.intents),
  }));
  return { ...next, tally: { ...memory.tally, byIntent: counted } };
}

function acted(memory: PersonMemory, { data, contactId, atMs }: LedgerEvent): PersonMemory {
  const [what, key] = [textOf(data, 'what'), textOf(data, 'key')];
  if (what === null || key === null) return memory;
  const others = memory.actions.filter((action) => action.key !== key);
  // What failed may have had its effect: the same key tries it again.
  if (data.state === 'refused') return { ...memory, actions: others };
  return { ...memory, actions: [{ what, key, contactId, atMs }, ...others].slice(0, KEPT.actions) };
}

/** Each of a task's events tells all that is known of it then. */
function worked(memory: PersonMemory, event: LedgerEvent): PersonMemory {
  const { data, personal, kind, atMs, channel, contactId } = event;
  const taskId = textOf(data, 'taskId');
  if (taskId === null) return memory;
  const before = memory.unfinished.find((task) => task.taskId === taskId);
  const task: UnfinishedTask = {
    taskId,
    playbook: textOf(data, 'task') ?? before?.playbook ?? '',
    intent: textOf(data, 'intent') ?? before?.intent ?? '',
    pending: textOf(data, 'pending'),
    slots: (personal.slots as { [name: string]: ToldValue } | undefined) ?? before?.slots ?? {},
    steps: (personal.steps as { [id: string]: DoneStep } | undefined) ?? before?.steps ?? {},
    parked: kind === 'task.parked' ? (textOf(data, 'reason') ?? '') : null,
    declined: kind === 'task.parked' && data.declined === true,
    atMs,
    channel,
    contactId,
  };
  return { ...memory, unfinished: [task, ...without(memory, taskId)].slice(0, KEPT.unfinished) };
}

function finished(memory: PersonMemory, event: LedgerEvent): PersonMemory {
  const { data, atMs, channel } = event;
  const [taskId, playbook] = [textOf(data, 'taskId'), textOf(data, 'task')];
  if (taskId === null || playbook === null) return memory;
  const resolution = { playbook, intent: textOf(data, 'intent') ?? '', atMs, channel };
  return {
    ...memory,
    // What was begun for the same purpose is settled with it.
    unfinished: without(memory, taskId).filter((task) => task.intent !== data.intent),
    closed: closing(memory, taskId),
    resolutions: [resolution, ...memory.resolutions].slice(0, KEPT.resolutions),
  };
}

function gaveUp(memory: PersonMemory, { data }: LedgerEvent): PersonMemory {
  const taskId = textOf(data, 'taskId');
  if (taskId === null) return memory;
  return { ...memory, unfinished: without(memory, taskId), closed: closing(memory, taskId) };
}

function closing({ closed }: PersonMemory, id: string | null): readonly string[] {
  return id === null ? closed : [id, ...closed].slice(0, KEPT.closed);
}

function without(memory: PersonMemory, taskId: string): readonly UnfinishedTask[] {
  return memory.unfinished.filter((task) => task.taskId !== taskId);
}

function withPreference(
  memory: PersonMemory,
  name: string | null,
  preference: PersonMemory['preferences'][string],
): PersonMemory {
  if (name === null) return memory;
  return { ...memory, preferences: { ...memory.preferences, [name]: preference } };
}

function textOf(values: JsonObject, name: string): string | null {
  const value = values[name];
  return typeof value === 'string' ? value : null;
}
