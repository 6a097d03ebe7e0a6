import type { Json } from '../../../shared/json.ts';

/** Slot types that a playbook can ask for. */
export const SLOT_TYPES = [
  'number',
  'date',
  'amount',
  'email',
  'yesNo',
  'choice',
  'address',
  'text',
] as const;
export type SlotType = (typeof SLOT_TYPES)[number];

export type SlotSpec = {
  type: SlotType;
  /** For `choice`: value → ways to say it. */
  choices?: Readonly<Record<string, readonly string[]>>;
  /** For `number` (order numbers and the like): how many digits it has. */
  digits?: number;
};

export type SlotQuestion = {
  spec: SlotSpec;
  text: string;
  alternatives: readonly string[];
  language: string;
  /** Local date of the visitor's site, `YYYY-MM-DD`; relative dates count from it. */
  today: string;
  /** Values that the session knows, e.g. the customer's order numbers; a misheard one is resolved against them. */
  known: readonly string[];
  /** True when the assistant has just asked for this slot: a bare answer counts. */
  asked: boolean;
};

export type SlotReading = {
  value: Json;
  /** The words it was read from. */
  source: string;
  /** 0…1. Below CERTAIN it has to be confirmed ("did you mean order 1 0 4, 2 7?"). */
  confidence: number;
  /** Not what was heard to the letter, but a known value near to it. */
  resolved: boolean;
};

/** Readings at or above this need no confirmation for reading back public facts. */
export const CERTAIN = 0.9;

/** Readings of a slot in a caller's words, best first; empty when there is none. */
export type ReadSlot = (question: SlotQuestion) => SlotReading[];
