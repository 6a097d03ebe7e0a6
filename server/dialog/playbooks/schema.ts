import { z } from 'zod';
import { LEVELS } from '../../verification/level.ts';
import { VALUE_STYLES } from '../speaking/spokenValue.ts';
import { SLOT_TYPES } from '../understanding/slot.ts';
import { COMMANDS } from './playbook.ts';

/** Shape of the YAML. Wordings, examples and steps are read by their own compilers, which say more than a schema can. */

const identifier = z.string().regex(/^[\p{L}_][\p{L}\p{N}_]*$/u, 'expected a name of letters, digits and _');
const dotted = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_.-]*$/u, 'expected a name of letters, digits, dots and -');
const expression = z.string().min(1);
const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (Array.isArray(value) || value === undefined ? value : [value]), z.array(item));

/** Present, of any shape: checked by a compiler. */
const later = z
  .unknown()
  .refine((value) => value !== undefined && value !== null, 'is missing (expected a value)');

export const valueSource = z.union([
  expression,
  z.strictObject({
    is: expression,
    as: z.enum(VALUE_STYLES).default('text'),
    currency: expression.optional(),
    private: z.boolean().default(false),
  }),
]);

export const slotSource = z.strictObject({
  type: z.enum(SLOT_TYPES),
  digits: z.int().min(1).max(20).optional(),
  choices: z.record(z.string(), later).optional(),
  from: oneOrMore(expression).default([]),
  known: expression.optional(),
  ask: later,
  again: z.unknown().optional(),
  label: z.unknown().optional(),
  check: z.unknown().optional(),
  confirm: z.enum(['unsure', 'always']).default('unsure'),
  keep: z.enum(['call', 'task']).default('call'),
  secret: z.boolean().default(false),
  as: z.enum(VALUE_STYLES).optional(),
});

export const greetingSource = z.strictObject({
  when: expression.optional(),
  priority: z.int().min(0).max(100).default(50),
  say: later,
  intent: dotted.optional(),
  fill: z.record(identifier, expression).default({}),
});

export const eventSource = greetingSource.extend({ on: z.string().min(1) });

export const reactionSource = z.union([
  z.string(),
  z.strictObject({
    say: z.string().optional(),
    forget: oneOrMore(identifier).default([]),
    next: z.enum(['done', 'again', 'hand_over']).optional(),
  }),
]);

export const playbookSource = z.strictObject({
  playbook: dotted,
  about: later,
  unfinished: z.unknown().optional(),
  intents: z.record(dotted, later),
  values: z.record(identifier, valueSource).default({}),
  slots: z.record(identifier, slotSource).default({}),
  greeting: z.array(greetingSource).default([]),
  events: z.array(eventSource).default([]),
  refused: z.record(identifier, reactionSource).default({}),
  replies: z.record(identifier, later).default({}),
  steps: z.array(z.unknown()).min(1),
});

export const operationSource = z.strictObject({
  kind: z.enum(['look_up', 'action']),
  needs: z.enum(LEVELS).default('verified'),
  refuses: z.array(identifier).default([]),
});

export const siteSource = z.strictObject({
  site: z.string().min(1),
  assistant: z.string().min(1),
  language: z.string().min(2),
  languages: z.array(z.string().min(2)).optional(),
  time_zone: z.string().refine(isTimeZone, 'is no time zone (expected e.g. Europe/London)'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/u, 'expected an ISO 4217 code such as EUR')
    .default('EUR'),
  operations: z.record(dotted, operationSource),
  values: z.record(identifier, valueSource).default({}),
  greeting: z.strictObject({ hello: later, question: later }),
  commands: z.record(z.string(), later).default({}),
  small_talk: z.record(dotted, z.strictObject({ examples: later, say: later })).default({}),
  phrases: z.record(z.string(), later).default({}),
  hand_over: dotted,
  verification: z
    .strictObject({
      playbook: dotted,
      identify: dotted,
      send_code: dotted.optional(),
      check_answer: dotted.optional(),
    })
    .optional(),
  call_back: dotted.optional(),
});

const stepBase = { when: expression.optional() };
const callSource = {
  ...stepBase,
  with: z.record(identifier, expression).default({}),
  into: identifier.optional(),
  refused: z.record(identifier, reactionSource).default({}),
};

/** One shape a verb; the verb is the key that names the step. */
export const STEP_SOURCES = {
  look_up: z.strictObject({ look_up: dotted, ...callSource }),
  do: z.strictObject({ do: dotted, ...callSource, deferred: identifier.optional() }),
  ask: z.strictObject({ ask: identifier, ...stepBase }),
  confirm: z.strictObject({
    confirm: identifier,
    slots: z.array(identifier).default([]),
    no: identifier.optional(),
    ...stepBase,
  }),
  say: z.strictObject({ say: identifier, ...stepBase }),
  sign_in: z.strictObject({ sign_in: z.union([identifier, z.literal(true)]), ...stepBase }),
  hand_over: z.strictObject({ hand_over: z.string().min(1), ...stepBase }),
  done: z.strictObject({ done: z.literal(true), ...stepBase }),
  steps: z.strictObject({ steps: z.array(z.unknown()).min(1), ...stepBase }),
} as const;
export type StepVerb = keyof typeof STEP_SOURCES;

export type PlaybookSource = z.infer<typeof playbookSource>;
export type SiteSource = z.infer<typeof siteSource>;
export type SlotSource = z.infer<typeof slotSource>;
export type ReactionSource = z.infer<typeof reactionSource>;
export type ValueSource = z.infer<typeof valueSource>;
export type GreetingSource = z.infer<typeof greetingSource> & { on?: string };

export const COMMAND_NAMES: readonly string[] = COMMANDS;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
