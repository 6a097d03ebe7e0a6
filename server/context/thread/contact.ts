import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject } from '../../../shared/json.ts';
import type { Channel, LedgerKind } from '../../ledger/event.ts';
import type { PersonMemory } from '../memory/memory.ts';
import type { SessionThread } from './sessionThread.ts';

export type HeardTurn = {
  turnId: string;
  text: string;
  /** 0…1; 1 for what was typed. */
  confidence: number;
  language: string;
  typed: boolean;
};

export type SaidTurn = {
  turnId: string;
  /** What was heard of it, or sent. */
  text: string;
  interrupted: boolean;
  language: string;
};

/** How a contact went, in one word. */
export type Outcome = 'handed_over' | 'unfinished' | 'resolved' | 'talked' | 'silent';

/** How far a contact has come, for another process. */
export const contactSnapshot = z.object({
  openTasks: z.array(z.string()),
  resolved: z.number(),
  turns: z.number(),
  handedOver: z.boolean(),
});
export type ContactSnapshot = z.infer<typeof contactSnapshot>;

/** One call, or one thread of messages: written down from its beginning to its end, and joined with the others. */
export class Contact {
  readonly contactId: string;
  readonly channel: Channel;
  readonly #thread: SessionThread;
  readonly #openTasks = new Set<string>();
  #resolved = 0;
  #turns = 0;
  #handedOver = false;
  #ended = false;

  /** `restored`: it was begun in another process. */
  constructor(
    thread: SessionThread,
    contactId: string,
    channel: Channel,
    language: string,
    restored?: ContactSnapshot,
  ) {
    this.#thread = thread;
    this.contactId = contactId;
    this.channel = channel;
    if (!restored) this.#write('contact.started', { language });
    for (const taskId of restored?.openTasks ?? []) this.#openTasks.add(taskId);
    this.#resolved = restored?.resolved ?? 0;
    this.#turns = restored?.turns ?? 0;
    this.#handedOver = restored?.handedOver ?? false;
  }

  snapshot(): ContactSnapshot {
    return {
      openTasks: [...this.#openTasks],
      resolved: this.#resolved,
      turns: this.#turns,
      handedOver: this.#handedOver,
    };
  }

  /** What is remembered of the person, this contact included; null while, or where, nothing is known. */
  memory(): PersonMemory | null {
    return this.#thread.memory;
  }

  /** What the dialog understood, decided and did. */
  note({ kind, data, personal }: { kind: LedgerKind; data: JsonObject; personal?: JsonObject }): void {
    this.#follow(kind, data);
    this.#write(kind, data, personal);
  }

  heard({ turnId, text, confidence, language, typed }: HeardTurn): void {
    this.#turns++;
    this.#write('turn.caller', { turnId, confidence, language, typed }, { text }, turnId);
  }

  said({ turnId, text, interrupted, language }: SaidTurn): void {
    this.#write('turn.assistant', { turnId, interrupted, language }, { text }, turnId);
  }

  /** The language changed; a caller who asked for it wants it next time, too. */
  spoke(language: string, source: 'caller' | 'heard'): void {
    this.#write('language', { language, source });
    if (source === 'caller')
      this.#write('preference', { name: 'language', source: 'caller' }, { value: language });
  }

  end(reason: string, durationMs: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#write('outcome', { outcome: this.#outcome(), reason });
    this.#write('contact.ended', { reason, durationMs });
  }

  #follow(kind: LedgerKind, { taskId }: JsonObject): void {
    if (kind === 'handover') this.#handedOver = true;
    if (kind === 'task.done') this.#resolved++;
    if (typeof taskId !== 'string') return;
    if (kind === 'task.begun' || kind === 'task.resumed') this.#openTasks.add(taskId);
    if (kind === 'task.done' || kind === 'task.abandoned') this.#openTasks.delete(taskId);
  }

  #outcome(): Outcome {
    if (this.#handedOver) return 'handed_over';
    if (this.#openTasks.size > 0) return 'unfinished';
    if (this.#resolved > 0) return 'resolved';
    return this.#turns > 0 ? 'talked' : 'silent';
  }

  /** `turnId`: of what is written once, even when a process that took the contact over writes it again. */
  #write(kind: LedgerKind, data: JsonObject, personal: JsonObject = {}, turnId?: string): void {
    const { channel, contactId } = this;
    const id = turnId === undefined ? {} : { id: eventId(contactId, turnId) };
    this.#thread.note({ kind, channel, contactId, data, personal, ...id });
  }
}

function eventId(contactId: string, turnId: string): string {
  return `evt_${createHash('sha256').update(`${contactId}\n${turnId}`).digest('hex').slice(0, 32)}`;
}
