import { BREAKER_RULES } from './breaker.ts';
import type { SystemsPlan } from './plan.ts';

/** A site with one plain HTTP connector, of which nothing is kept and nothing deferred. */
export function simplePlan(connector: { url: string; key: string; overview: string | null }): SystemsPlan {
  const { url, key, overview } = connector;
  return {
    connectors: [
      {
        name: 'http',
        kind: 'http',
        breaker: BREAKER_RULES,
        serves: ['*'],
        operations: new Map(),
        settings: { url, key, timeoutMs: 3_000 },
      },
    ],
    rehydrate: overview === null ? [] : [{ operation: overview, deadlineMs: null }],
    webhookSecret: null,
  };
}
