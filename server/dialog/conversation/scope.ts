import type { Facts, PageEvent } from '../../../shared/facts.ts';
import type { Json, JsonObject } from '../../../shared/json.ts';
import type { Scope } from '../playbooks/expression.ts';

type Tree = { [key: string]: Json | Tree };

/** Facts as one tree: `page.url` becomes `facts.page.url`; a name under a fact that is an object joins it. */
export function factTree(facts: Facts): Tree {
  const tree: Tree = {};
  const names = Object.keys(facts).sort((a, b) => a.length - b.length);
  for (const name of names) {
    const fact = facts[name];
    if (fact) place(tree, name.split('.'), fact.value);
  }
  return tree;
}

const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

function place(tree: Tree, path: readonly string[], value: Json): void {
  if (path.some((part) => RESERVED.has(part))) return;
  let at = tree;
  for (const part of path.slice(0, -1)) {
    const below = Object.hasOwn(at, part) ? at[part] : undefined;
    // A copy: a fact's own value is never written into.
    const next: Tree = isTree(below) ? { ...below } : {};
    at[part] = next;
    at = next;
  }
  at[path.at(-1) ?? ''] = value;
}

function isTree(value: Json | Tree | undefined): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export type ScopeParts = {
  facts: Facts;
  events: readonly PageEvent[];
  signed: boolean;
  claimed: boolean;
  today: string;
  nowMs: number;
  staleSinceMs?: number | null;
  slots?: JsonObject;
  data?: JsonObject;
  intent?: string;
  reason?: string;
  summary?: string;
};

export function makeScope(parts: ScopeParts): Scope {
  return {
    facts: factTree(parts.facts),
    slots: parts.slots ?? {},
    data: parts.data ?? {},
    intent: parts.intent ?? '',
    signed: parts.signed,
    claimed: parts.claimed,
    reason: parts.reason ?? '',
    summary: parts.summary ?? '',
    today: parts.today,
    nowMs: parts.nowMs,
    stale: typeof parts.staleSinceMs === 'number',
    asOfMs: parts.staleSinceMs ?? parts.nowMs,
    events: parts.events,
  };
}
