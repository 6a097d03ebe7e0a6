import { FRESH_MEMORY, KEPT, type PersonMemory, type Tally } from './memory.ts';

/** One memory of several ids that are one person: what is newer wins, what is counted is added. */
export function combine(memories: readonly PersonMemory[]): PersonMemory {
  const [only] = memories;
  if (only && memories.length === 1) return only;
  return memories.reduce(pair, FRESH_MEMORY);
}

function pair(a: PersonMemory, b: PersonMemory): PersonMemory {
  const closed = [...a.closed, ...b.closed].slice(0, 2 * KEPT.closed);
  return {
    closed,
    contacts: newest(a.contacts, b.contacts, ({ startedAtMs }) => startedAtMs, KEPT.contacts),
    unfinished: openTasks(a, b, closed),
    resolutions: newest(a.resolutions, b.resolutions, ({ atMs }) => atMs, KEPT.resolutions),
    promises: newest(a.promises, b.promises, ({ atMs }) => atMs, KEPT.promises)
      .filter(({ promiseId }) => !closed.includes(promiseId))
      .reverse(),
    preferences: latestPreferences(a.preferences, b.preferences),
    verification: (b.verification?.atMs ?? 0) > (a.verification?.atMs ?? 0) ? b.verification : a.verification,
    actions: newest(a.actions, b.actions, ({ atMs }) => atMs, KEPT.actions),
    pageEvents: newest(a.pageEvents, b.pageEvents, ({ atMs }) => atMs, KEPT.pageEvents),
    tally: addTallies(a.tally, b.tally),
  };
}

/** A task that was begun under one id and went on under another is one task. */
function openTasks(a: PersonMemory, b: PersonMemory, closed: readonly string[]): PersonMemory['unfinished'] {
  const all = newest(a.unfinished, b.unfinished, ({ atMs }) => atMs, Number.POSITIVE_INFINITY);
  const seen = new Set<string>(closed);
  return all.filter(({ taskId }) => !seen.has(taskId) && seen.add(taskId)).slice(0, KEPT.unfinished);
}

function newest<Item>(
  a: readonly Item[],
  b: readonly Item[],
  timeOf: (item: Item) => number,
  count: number,
): Item[] {
  return [...a, ...b].sort((one, other) => timeOf(other) - timeOf(one)).slice(0, count);
}

function latestPreferences(
  a: PersonMemory['preferences'],
  b: PersonMemory['preferences'],
): PersonMemory['preferences'] {
  const all = { ...a };
  for (const [name, preference] of Object.entries(b)) {
    const held = all[name];
    if (!held || held.atMs < preference.atMs) all[name] = preference;
  }
  return all;
}

function addTallies(a: Tally, b: Tally): Tally {
  return {
    contacts: a.contacts + b.contacts,
    byChannel: addCounts(a.byChannel, b.byChannel),
    byHour: a.byHour.map((count, hour) => count + (b.byHour[hour] ?? 0)),
    byIntent: addCounts(a.byIntent, b.byIntent),
  };
}

function addCounts(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) {
  const sum = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
