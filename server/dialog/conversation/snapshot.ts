import { z } from 'zod';
import { CHANNELS } from '../../ledger/event.ts';
import { LEVELS } from '../../verification/level.ts';

/**
 * A conversation between two turns, as plain JSON: what another process needs to go on with it. Playbooks, their slots,
 * steps and rules are told by name. Secret slots are not kept.
 */

const json = z.json();
const values = z.record(z.string(), json);

const sentence = z.object({ text: z.string(), speech: z.string().optional() });

const reply = z.object({
  sentences: z.array(sentence),
  intent: z.string().nullable(),
  expects: z.enum(['open', 'yesNo', 'choice', 'digits', 'date', 'email', 'address', 'none']),
  offer: z
    .object({ kinds: z.array(z.enum(['keys', 'text', 'callBack', 'human'])), label: z.string() })
    .nullable(),
  rate: z.number().optional(),
  next: z.enum(['listen', 'hangUp', 'handoff']),
  handoff: z.object({ reason: z.string(), summary: z.string() }).optional(),
  gain: z.number().optional(),
  language: z.string().optional(),
});

const told = z.object({ value: json, certain: z.boolean(), atMs: z.number() });
const doneStep = z.object({ inputs: z.string(), outcome: json, atMs: z.number() });

const task = z.object({
  id: z.string(),
  playbook: z.string(),
  intent: z.string(),
  reason: z.string(),
  slots: z.record(
    z.string(),
    z.object({
      value: json,
      from: z.enum(['caller', 'earlier', 'session']),
      certain: z.boolean(),
      resolved: z.boolean(),
    }),
  ),
  steps: z.record(z.string(), doneStep),
  staleSinceMs: z.record(z.string(), z.number().nullable()),
  rejected: z.record(z.string(), z.array(z.string())),
  told: z.record(z.string(), told),
  triedFor: z.enum(LEVELS).nullable(),
});

const turn = z.object({
  text: z.string(),
  alternatives: z.array(z.string()),
  confidence: z.number(),
  channel: z.enum(['voice', 'text']),
});

const heard = z.object({
  turn,
  smallTalk: z.string().nullable(),
  intent: z
    .object({
      name: z.string(),
      playbook: z.string(),
      sure: z.enum(['clear', 'possible']),
      faint: z.boolean(),
      aside: z.boolean(),
    })
    .nullable(),
  yesNo: z.boolean().nullable(),
});

const unfinished = z.object({
  taskId: z.string(),
  playbook: z.string(),
  intent: z.string(),
  pending: z.string().nullable(),
  slots: z.record(z.string(), told),
  steps: z.record(z.string(), doneStep),
  parked: z.string().nullable(),
  declined: z.boolean(),
  atMs: z.number(),
  channel: z.enum(CHANNELS),
  contactId: z.string().nullable(),
});

/** `task`: its place in `tasks`. */
const question = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('slot'), task: z.number(), slot: z.string() }),
  z.object({ kind: z.literal('value'), task: z.number(), slot: z.string() }),
  z.object({ kind: z.literal('confirm'), task: z.number(), stepId: z.string(), inputs: z.string() }),
  z.object({ kind: z.literal('change'), task: z.number(), slots: z.array(z.string()) }),
  z.object({
    kind: z.literal('suggestion'),
    playbook: z.string(),
    rule: z.string(),
    fill: values,
    unfinished: unfinished.optional(),
  }),
  z.object({ kind: z.literal('finish'), playbook: z.string(), unfinished, instead: heard.nullable() }),
  z.object({ kind: z.literal('intent'), understood: heard }),
  z.object({ kind: z.literal('resume'), task: z.number() }),
  z.object({ kind: z.literal('retry'), task: z.number() }),
  z.object({ kind: z.literal('human'), reason: z.string() }),
  z.object({ kind: z.literal('anythingElse') }),
]);

const state = z.object({
  question: question.nullable(),
  asking: z.array(sentence),
  lastReply: reply.nullable(),
  heardPart: z.object({ unheard: z.array(sentence), questionHeard: z.boolean() }).nullable(),
  failures: z.number(),
  retries: z.number(),
  manner: z.object({ rate: z.number(), gain: z.number(), writes: z.boolean() }),
  mannerKnown: z.boolean(),
  callerHasSpoken: z.boolean(),
});

export const conversationSnapshot = z.object({
  state,
  /** What the ids of tasks are made of, and how many have begun. */
  taskIds: z.object({ seed: z.string(), count: z.number() }),
  /** In the order in which they began. */
  tasks: z.array(task),
  /** Places in `tasks`: the open one last. */
  stack: z.array(z.number()),
  /** How far each wording was turned round. */
  wordings: z.record(z.string(), z.number()),
  /** What was told in the call, by the name of the slot. */
  told: values,
  eventsSeenMs: z.number(),
  memoryUsed: z.boolean(),
});

export type ConversationSnapshot = z.infer<typeof conversationSnapshot>;
export type TaskSnapshot = z.infer<typeof task>;
export type QuestionSnapshot = z.infer<typeof question>;
export type HeardSnapshot = z.infer<typeof heard>;
