import type { Ledger } from '../../ledger/ledger.ts';
import { combine } from './combine.ts';
import { FRESH_MEMORY, type PersonMemory } from './memory.ts';
import type { MemoryStore } from './memoryStore.ts';
import { REMEMBERED, reduce } from './reduce.ts';

const PAGE = 1_000;
/** Of somebody whose memory was never drawn so many events are read at once; a projection does the rest. */
const MOST_EVENTS = 5_000;

/**
 * What is remembered of a person who has these ids, to the last event: what was drawn already, and what was written
 * since. Rejects with LEDGER_UNAVAILABLE or DATABASE_UNAVAILABLE.
 */
export async function recall(
  { ledger, store }: { ledger: Ledger; store: MemoryStore },
  site: string,
  people: readonly string[],
): Promise<PersonMemory> {
  const held = new Map(people.map((id) => [id, { seq: 0, memory: FRESH_MEMORY }]));
  for (const { personId, seq, memory } of await store.load(people)) held.set(personId, { seq, memory });
  let afterSeq = Math.min(...[...held.values()].map(({ seq }) => seq));
  for (let read = 0; read < MOST_EVENTS; read += PAGE) {
    const events = await ledger.read({ site, people, kinds: REMEMBERED, afterSeq, limit: PAGE });
    for (const event of events) {
      const person = event.personId === null ? undefined : held.get(event.personId);
      if (!person || event.seq <= person.seq) continue;
      person.memory = reduce(person.memory, event);
      person.seq = event.seq;
    }
    if (events.length < PAGE) break;
    afterSeq = events.at(-1)?.seq ?? afterSeq;
  }
  return combine([...held.values()].map(({ memory }) => memory));
}
