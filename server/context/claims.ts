import { SegueError } from '../../shared/errors.ts';
import type { Json, JsonObject } from '../../shared/json.ts';

/** Bounds of what a page may claim. Generous for a shop's state, far below what could hurt. */
export const CLAIM_LIMITS = { maxBytes: 32 * 1024, maxDepth: 8, maxNodes: 2_000, maxEvents: 50 } as const;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Facts that a page claims, copied into plain objects. Throws CONTEXT_INVALID naming what is wrong: not plain JSON,
 * deeper than eight levels, more than 32 KiB, or a key that could reach a prototype.
 */
export function parseClaims(input: unknown): JsonObject {
  const value = parseClaim(input, 'context');
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new SegueError('CONTEXT_INVALID', 'It must be an object.');
  }
  return value;
}

/** One claimed value, e.g. the data of a page event. Throws CONTEXT_INVALID. */
export function parseClaim(input: unknown, name: string): Json {
  const budget = { bytes: CLAIM_LIMITS.maxBytes, nodes: CLAIM_LIMITS.maxNodes };
  return copy(input, name, 0, budget);
}

function copy(value: unknown, name: string, depth: number, budget: { bytes: number; nodes: number }): Json {
  budget.nodes -= 1;
  if (depth > CLAIM_LIMITS.maxDepth) throw new SegueError('CONTEXT_INVALID', `${name} is too deep.`);
  if (typeof value === 'string') budget.bytes -= value.length;
  else budget.bytes -= 8;
  if (budget.nodes < 0 || budget.bytes < 0) throw new SegueError('CONTEXT_INVALID', `${name} is too large.`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item) => copy(item, name, depth + 1, budget));
  if (typeof value !== 'object') throw new SegueError('CONTEXT_INVALID', `${name} is not plain JSON.`);
  const result: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw new SegueError('CONTEXT_INVALID', `${name} has a forbidden key.`);
    budget.bytes -= key.length;
    result[key] = copy(item, name, depth + 1, budget);
  }
  return result;
}
