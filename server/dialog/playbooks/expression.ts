import { type ASTNode, Environment, EvaluationError } from '@marcbachmann/cel-js';
import type { Json } from '../../../shared/json.ts';

/** What an expression can see. */
export type Scope = {
  /** Facts of the session as one tree: `facts.order.number`, `facts.page.url`. */
  facts: object;
  slots: object;
  /** What look-ups and actions of this task answered, by the name of their `into`. */
  data: object;
  /** The intent that the task serves. */
  intent: string;
  /** True when the visitor is verified. */
  signed: boolean;
  /** True when it is known, but perhaps not proven, who the visitor is. */
  claimed: boolean;
  /** Why a colleague is needed, when the task was started for that. */
  reason: string;
  /** What was talked about so far, for a colleague. */
  summary: string;
  /** `YYYY-MM-DD` on the shop's calendar. */
  today: string;
  nowMs: number;
  /** True when a look-up of this task told what is older than it should be. */
  stale: boolean;
  /** When the oldest of that was true; `nowMs` when nothing is stale. */
  asOfMs: number;
  events: readonly { name: string; data: Json; observedAt: number }[];
};

/** A compiled expression of CEL (https://cel.dev): no loops, no side effects, nothing outside its scope. */
export type Expression = {
  readonly source: string;
  /** Names of facts that it reads, e.g. `orders` of `facts.orders[0].number`. */
  readonly facts: readonly string[];
  readonly slots: readonly string[];
  readonly data: readonly string[];
  /** Its value, or undefined when it needs something that is not there. */
  evaluate(scope: Scope): Json | undefined;
  /** True only for `true`: a condition on missing things does not hold. */
  holds(scope: Scope): boolean;
};

export class ExpressionError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const MAX_LENGTH = 500;
const DAY_MS = 86_400_000;

const environment = new Environment({
  homogeneousAggregateLiterals: false,
  enableOptionalTypes: true,
  limits: { maxAstNodes: 200, maxDepth: 24, maxListElements: 50, maxMapEntries: 50, maxCallArguments: 8 },
})
  .registerVariable('facts', 'dyn')
  .registerVariable('slots', 'dyn')
  .registerVariable('data', 'dyn')
  .registerVariable('intent', 'string')
  .registerVariable('signed', 'bool')
  .registerVariable('claimed', 'bool')
  .registerVariable('reason', 'string')
  .registerVariable('summary', 'string')
  .registerVariable('today', 'string')
  .registerVariable('nowMs', 'double')
  .registerVariable('stale', 'bool')
  .registerVariable('asOfMs', 'double')
  .registerVariable('events', 'dyn')
  .registerFunction('daysBetween(dyn, dyn): double', (from: unknown, to: unknown) => wholeDays(from, to))
  .registerFunction(
    'happened(dyn, string): bool',
    (events: unknown, name: unknown) => lastEvent(events, name) !== undefined,
  )
  .registerFunction(
    'eventData(dyn, string): dyn',
    (events: unknown, name: unknown) => lastEvent(events, name)?.data ?? null,
  );

/** Compiles; throws ExpressionError with the place of what is wrong. */
export function compileExpression(source: string): Expression {
  if (source.length > MAX_LENGTH) throw new ExpressionError(`is longer than ${MAX_LENGTH} characters`, 0);
  const parsed = parse(source);
  const evaluate = (scope: Scope): Json | undefined => {
    try {
      return toJson(parsed(scope));
    } catch (error) {
      if (error instanceof EvaluationError || error instanceof Error) return undefined;
      throw error;
    }
  };
  return {
    source,
    facts: namesUnder(parsed.ast, 'facts'),
    slots: namesUnder(parsed.ast, 'slots'),
    data: namesUnder(parsed.ast, 'data'),
    evaluate,
    holds: (scope) => evaluate(scope) === true,
  };
}

function parse(source: string) {
  try {
    const parsed = environment.parse(source);
    const check = parsed.check();
    if (check.error) throw check.error;
    return parsed;
  } catch (error) {
    const { summary, message, range } = error as {
      summary?: string;
      message: string;
      range?: { start: number };
    };
    throw new ExpressionError((summary ?? message).split('\n')[0] ?? '', range?.start ?? 0);
  }
}

/** Names read directly under a root variable: `facts.x`, `facts.?x`, `facts["x"]`. */
function namesUnder(ast: ASTNode, root: string): string[] {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const part of node) visit(part);
      return;
    }
    if (typeof node !== 'object' || node === null || !('op' in node)) return;
    const { op, args } = node as ASTNode;
    if ((op === '.' || op === '.?' || op === '[]' || op === '[?]') && Array.isArray(args)) {
      const [object, key] = args as [ASTNode, string | ASTNode];
      const name = typeof key === 'string' ? key : key.op === 'value' ? key.args : undefined;
      if (object.op === 'id' && object.args === root && typeof name === 'string') names.add(name);
    }
    visit(args);
  };
  visit(ast);
  return [...names];
}

/** CEL's values as JSON: its whole numbers are BigInts. */
function toJson(value: unknown): Json | undefined {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map((item) => toJson(item) ?? null);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (value instanceof Map) return toJson(Object.fromEntries(value));
  if (typeof value !== 'object') return undefined;
  if ('hasValue' in value && typeof value.hasValue === 'function') return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item) ?? null]));
}

function wholeDays(from: unknown, to: unknown): number {
  const [start, end] = [from, to].map((day) => Date.parse(String(day).slice(0, 10)));
  const days = ((end ?? Number.NaN) - (start ?? Number.NaN)) / DAY_MS;
  if (!Number.isFinite(days)) throw new TypeError('not a date');
  return Math.round(days);
}

function lastEvent(events: unknown, name: unknown): { data: Json } | undefined {
  if (!Array.isArray(events)) return undefined;
  return (events as { name: string; data: Json }[]).findLast((event) => event.name === name);
}
