import type { Json } from '../../../shared/json.ts';
import type { Channel } from '../../ledger/event.ts';

/** What is remembered of one person: drawn from the ledger by `reduce`, never written otherwise. */
export type PersonMemory = {
  /** Newest first. */
  readonly contacts: readonly ContactMemory[];
  /** Tasks that were begun and neither done nor given up, newest first. */
  readonly unfinished: readonly UnfinishedTask[];
  /** What was settled, newest first. */
  readonly resolutions: readonly Resolution[];
  /** Promises that are neither kept nor broken, oldest first. */
  readonly promises: readonly OpenPromise[];
  /** By name: `rate`, `gain`, `language`… */
  readonly preferences: { readonly [name: string]: Preference };
  /** How the person was verified last. */
  readonly verification: Verification | null;
  /** Changes in the customer's systems that were sent and not refused, newest first. */
  readonly actions: readonly DoneAction[];
  /** What the page told, newest first; claims, whoever the person is. */
  readonly pageEvents: readonly { readonly name: string; readonly atMs: number }[];
  /** Ids of tasks and promises that are over, newest first: another id of the same person may have begun them. */
  readonly closed: readonly string[];
  readonly tally: Tally;
};

export type ContactMemory = {
  readonly contactId: string;
  readonly channel: Channel;
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  /** Null while it goes on, or when the server was lost. */
  readonly endedAtMs: number | null;
  readonly language: string | null;
  /** In the order in which they were first understood. */
  readonly intents: readonly string[];
  readonly turns: number;
  /** Turns that were typed. */
  readonly typed: number;
  /** Times that the caller asked to hear something again. */
  readonly repeats: number;
  /** Turns that were not understood, and systems that did not answer. */
  readonly troubles: number;
  /** How many turns it took until a colleague was called; null when none was. */
  readonly turnsToHuman: number | null;
  readonly outcome: string | null;
};

/** A value that the caller has told, for a slot of a task. */
export type ToldValue = { readonly value: Json; readonly certain: boolean; readonly atMs: number };

/** A step that was done: what with (a digest), and what came of it. */
export type DoneStep = { readonly inputs: string; readonly outcome: Json; readonly atMs: number };

export type UnfinishedTask = {
  /** The same in every contact: what is done under it is done once. */
  readonly taskId: string;
  readonly playbook: string;
  readonly intent: string;
  /** What is waited for, e.g. `slot:address`. */
  readonly pending: string | null;
  readonly slots: { readonly [name: string]: ToldValue };
  readonly steps: { readonly [stepId: string]: DoneStep };
  /** Why it was put aside; null when the contact ended in the middle of it. */
  readonly parked: string | null;
  /** The person has said no to going on with it. */
  readonly declined: boolean;
  readonly atMs: number;
  readonly channel: Channel;
  readonly contactId: string | null;
};

export type Resolution = {
  readonly playbook: string;
  readonly intent: string;
  readonly atMs: number;
  readonly channel: Channel;
};

export type OpenPromise = {
  readonly promiseId: string;
  readonly what: string;
  readonly text: string;
  readonly dueAtMs: number | null;
  readonly atMs: number;
};

export type Preference = { readonly value: Json; readonly source: string; readonly atMs: number };

export type Verification = { readonly method: string; readonly level: string; readonly atMs: number };

export type DoneAction = {
  /** Digest of the operation and its arguments. */
  readonly what: string;
  readonly key: string;
  readonly contactId: string | null;
  readonly atMs: number;
};

/** Counts over all contacts. */
export type Tally = {
  readonly contacts: number;
  readonly byChannel: { readonly [channel: string]: number };
  /** Contacts by hour of the day, UTC. */
  readonly byHour: readonly number[];
  /** Contacts by intent. */
  readonly byIntent: { readonly [intent: string]: number };
};

/** How much of each kind is kept. */
export const KEPT = {
  contacts: 10,
  unfinished: 5,
  resolutions: 20,
  promises: 20,
  actions: 10,
  pageEvents: 10,
  intents: 30,
  closed: 20,
} as const;

export const FRESH_MEMORY: PersonMemory = {
  contacts: [],
  unfinished: [],
  resolutions: [],
  promises: [],
  preferences: {},
  verification: null,
  actions: [],
  pageEvents: [],
  closed: [],
  tally: { contacts: 0, byChannel: {}, byHour: new Array<number>(24).fill(0), byIntent: {} },
};
