import { FRESH_MEMORY, type PersonMemory } from '../../server/context/memory/memory.ts';
import { reduce } from '../../server/context/memory/reduce.ts';
import type { Note, Thread } from '../../server/dialog/thread.ts';
import { type Channel, type LedgerEvent, ledgerEvent } from '../../server/ledger/event.ts';
import type { Clock } from '../../shared/clock.ts';

/** One person's thread across contacts, without a database: what is noted is remembered at once. */
export class Person {
  readonly events: LedgerEvent[] = [];
  memory: PersonMemory | null = FRESH_MEMORY;
  readonly #clock: Clock;
  #contacts = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The next contact; `end` hangs up. */
  contact(channel: Channel = 'voice'): Thread & { end(): void } {
    const contactId = `call_${++this.#contacts}`;
    const note = (one: Note) => this.#record(channel, contactId, one);
    note({ kind: 'contact.started', data: { language: 'en' } });
    return {
      channel,
      contactId,
      memory: () => this.memory,
      note,
      end: () => note({ kind: 'contact.ended', data: { reason: 'caller' } }),
    };
  }

  kinds(contactId?: string): string[] {
    return this.events
      .filter((event) => contactId === undefined || event.contactId === contactId)
      .map(({ kind }) => kind);
  }

  #record(channel: Channel, contactId: string, { kind, data, personal = {} }: Note): void {
    const written = structuredClone({ kind, data, personal });
    const event = ledgerEvent(
      { ...written, site: 'demo', channel, personId: 'per_1', sessionId: 'ses_1', contactId },
      this.#clock.epochMs(),
    );
    this.events.push(event);
    if (this.memory) this.memory = reduce(this.memory, event);
  }
}
