import { z } from 'zod';
import { type ContactSnapshot, contactSnapshot } from '../context/thread/contact.ts';

const turn = z.object({
  /** Of its line. */
  id: z.string(),
  text: z.string(),
  alternatives: z.array(z.string()),
  confidence: z.number(),
  channel: z.enum(['voice', 'text']),
});

const line = z.object({
  id: z.string(),
  speaker: z.enum(['caller', 'assistant', 'agent']),
  text: z.string(),
  final: z.boolean(),
  language: z.string(),
  atMs: z.number(),
});

const offer = z.object({
  kinds: z.array(z.enum(['keys', 'text', 'callBack', 'human'])),
  label: z.string(),
});

/** Who has to say something now. */
const standing = z.object({
  /** Heard and not answered yet, in order. */
  unanswered: z.array(turn),
  /** What was heard of the reply that is being said; null when none is. */
  heardText: z.string().nullable(),
  /** The caller speaks, and nobody has heard yet what. */
  callerSpeaks: z.boolean(),
});

export const NOBODY: Standing = { unanswered: [], heardText: null, callerSpeaks: false };

/** Of a contact in which nothing has happened. */
export const NOTHING_YET: ContactSnapshot = { openTasks: [], resolved: 0, turns: 0, handedOver: false };

/**
 * A running call as plain JSON: what another process needs to go on with it. What cannot be read is left out, so that
 * there is always a call to go on with.
 */
export const callCheckpoint = z.object({
  language: z.string(),
  voice: z.boolean(),
  /** By voice, of which nothing gets through: it goes on in writing. */
  inWriting: z.boolean().catch(false),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  /** Since the call began, when the checkpoint was made. */
  atMs: z.number(),
  /** The caller could hear. */
  answered: z.boolean().catch(true),
  muted: z.boolean().catch(false),
  lines: z.array(line).catch([]),
  standing: standing.catch(NOBODY),
  /** Other ways to answer what was said last. */
  offer: offer.nullable().catch(null),
  conversation: z.record(z.string(), z.json()).catch({}),
  contact: contactSnapshot.catch(NOTHING_YET),
});

export type WaitingTurn = z.infer<typeof turn>;
export type Standing = z.infer<typeof standing>;
export type CallCheckpoint = z.infer<typeof callCheckpoint>;

/** A call that goes on in this process. */
export type Resumed = {
  callId: string;
  checkpoint: CallCheckpoint;
  /** For how long nothing was heard of the process that ran it. */
  silentMs: number;
};
