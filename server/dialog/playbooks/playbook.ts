import type { Level } from '../../verification/level.ts';
import type { VerificationPlan } from '../../verification/verifier.ts';
import type { ValueStyle } from '../speaking/spokenValue.ts';
import type { SlotType } from '../understanding/slot.ts';
import type { Expression } from './expression.ts';
import type { Message } from './message.ts';

/** Compiled playbooks: what the engine runs. docs/playbooks.md describes their source. */

/** Ways to say one thing, by language; they rotate. */
export type Wording = {
  /** Unique; e.g. `orders.yaml#replies.onItsWay`. */
  readonly id: string;
  readonly messages: ReadonlyMap<string, readonly Message[]>;
};

export type ValuePlan = {
  readonly name: string;
  readonly is: Expression;
  readonly as: ValueStyle;
  readonly currency: Expression | null;
  /** Read back only when every fact in it is signed. */
  readonly private: boolean;
};

export type ByLanguage<Value> = ReadonlyMap<string, Value>;

export type SlotPlan = {
  readonly name: string;
  readonly type: SlotType;
  readonly digits: number | null;
  /** For `choice`: value → ways to say it, the first one being how the assistant says it. */
  readonly choices: ByLanguage<Readonly<Record<string, readonly string[]>>>;
  /** Where it may come from without asking; the first that has a value wins. */
  readonly from: readonly Expression[];
  /** Values that the session knows. */
  readonly known: Expression | null;
  readonly ask: Wording;
  readonly again: Wording;
  readonly label: Wording;
  /** "Did you mean order {orderNumber}?", for a doubtful reading; the assistant's own words without it. */
  readonly check: Wording | null;
  /** `always`: re-read and confirmed even when heard well. */
  readonly confirm: 'unsure' | 'always';
  /** How long a value is remembered. */
  readonly keep: 'call' | 'task';
  /** Never said back: a code, an answer that proves somebody. */
  readonly secret: boolean;
  readonly as: ValueStyle;
};

/** What happens when a connector says no. */
export type Reaction = {
  readonly say: Wording | null;
  /** Slots that turned out wrong and are asked again. */
  readonly forget: readonly string[];
  readonly next: 'done' | 'again' | 'handOver';
};

export type OperationPlan = {
  readonly name: string;
  readonly kind: 'lookUp' | 'action';
  /** How well the caller has to be known; `anyone`: answers public facts, or harms nobody. */
  readonly needs: Level;
  readonly refuses: readonly string[];
};

type StepBase = { readonly id: string; readonly when: Expression | null };

export type CallStep = StepBase & {
  readonly verb: 'call';
  readonly operation: OperationPlan;
  readonly args: ReadonlyMap<string, Expression>;
  readonly into: string | null;
  readonly refused: ReadonlyMap<string, Reaction>;
  /** Said when an action is noted and will be done later, which ends the task. */
  readonly deferred: Wording | null;
};
export type AskStep = StepBase & { readonly verb: 'ask'; readonly slot: SlotPlan };
export type ConfirmStep = StepBase & {
  readonly verb: 'confirm';
  readonly say: Wording;
  /** What a "no, …" can change. */
  readonly slots: readonly SlotPlan[];
  /** Said after a plain no, which ends the task; without it the caller is asked what to change. */
  readonly no: Wording | null;
};
export type SayStep = StepBase & { readonly verb: 'say'; readonly say: Wording };
export type SignInStep = StepBase & { readonly verb: 'signIn'; readonly say: Wording | null };
export type HandOverStep = StepBase & { readonly verb: 'handOver'; readonly reason: string };
export type DoneStep = StepBase & { readonly verb: 'done' };
export type BlockStep = StepBase & { readonly verb: 'block'; readonly steps: readonly Step[] };
export type Step =
  | CallStep
  | AskStep
  | ConfirmStep
  | SayStep
  | SignInStep
  | HandOverStep
  | DoneStep
  | BlockStep;

/** A condition under which the assistant speaks first about this playbook's matter. */
export type OpeningRule = {
  readonly id: string;
  /** A page event that must have happened; null for greetings. */
  readonly on: string | null;
  readonly when: Expression | null;
  readonly priority: number;
  readonly say: Wording;
  readonly intent: string;
  readonly fill: ReadonlyMap<string, Expression>;
};

export type Playbook = {
  readonly name: string;
  /** A noun phrase: "Shall we go back to {about}?" */
  readonly about: Wording;
  /** The same of a task that was left unfinished, with its slots: "the return of order {orderNumber}". */
  readonly unfinished: Wording | null;
  readonly intents: ReadonlyMap<string, ByLanguage<readonly string[]>>;
  readonly slots: ReadonlyMap<string, SlotPlan>;
  readonly values: ReadonlyMap<string, ValuePlan>;
  readonly greeting: readonly OpeningRule[];
  readonly events: readonly OpeningRule[];
  readonly refused: ReadonlyMap<string, Reaction>;
  readonly steps: readonly Step[];
  /** Slots that a confirmation re-reads. */
  readonly reRead: ReadonlySet<string>;
};

/** What works everywhere, whatever is talked about. */
export const COMMANDS = [
  'repeat',
  'slower',
  'faster',
  'louder',
  'wait',
  'thanks',
  'bye',
  'other',
  'unsure',
  'help',
] as const;
export type Command = (typeof COMMANDS)[number];

export type Site = {
  readonly name: string;
  readonly assistant: string;
  readonly language: string;
  readonly languages: readonly string[];
  readonly timeZone: string;
  readonly currency: string;
  readonly values: ReadonlyMap<string, ValuePlan>;
  readonly hello: Wording;
  readonly question: Wording;
  readonly commands: ReadonlyMap<Command, ByLanguage<readonly string[]>>;
  readonly smallTalk: ReadonlyMap<string, { examples: ByLanguage<readonly string[]>; say: Wording }>;
  /** The operator's own words instead of the product's, by key of the speech catalogue. */
  readonly phrases: ReadonlyMap<string, Wording>;
  /** The playbook that brings a caller to a colleague. */
  readonly handOver: string;
  /** How a caller who has not signed in can prove who they are; null: they cannot. */
  readonly verification: { readonly playbook: string; readonly plan: VerificationPlan } | null;
  /** The playbook that notes when somebody wants to be called back; null: the site does not call. */
  readonly callBack: string | null;
};

export type Library = { readonly site: Site; readonly playbooks: ReadonlyMap<string, Playbook> };
