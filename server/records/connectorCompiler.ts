import { checkShape } from '../yaml/shape.ts';
import type { SourcePath } from '../yaml/sourceFile.ts';
import type { OperationKind } from './connector.ts';
import type { ConnectorPlan, Keep, OperationRules } from './plan.ts';
import { restKind, restSettings } from './restCompiler.ts';
import { sqlSettings } from './sqlCompiler.ts';
import type { Surroundings } from './surroundings.ts';
import { httpSource, type KINDS, type RulesSource, restSource, sqlSource } from './systemsSource.ts';

const DEFAULT_FAILURES = 5;
const DEFAULT_OPEN_MS = 10_000;

/** One connector of a systems file; null when its shape is wrong. */
export function compileConnector(
  around: Surroundings,
  path: SourcePath,
  name: string,
  value: unknown,
  kind: keyof typeof KINDS,
): ConnectorPlan | null {
  const { file } = around;
  switch (kind) {
    case 'http': {
      const source = checkShape(file, path, value, httpSource);
      if (!source) return null;
      const settings = {
        url: around.url([...path, 'url'], source.url),
        key: around.secret([...path, 'keyEnv'], source.keyEnv),
        timeoutMs: source.timeout,
      };
      const operations = rulesOf(around, path, source.operations, ({ writes }) =>
        writes ? 'write' : 'read',
      );
      return { ...common(name, source), kind, operations, settings };
    }
    case 'rest': {
      const source = checkShape(file, path, value, restSource);
      if (!source) return null;
      const operations = rulesOf(around, path, source.operations, restKind);
      const settings = restSettings(around, path, source);
      for (const { name: operation, defer } of operations.values()) {
        if (defer && settings.idempotencyHeader === null) {
          const place = [...path, 'operations', operation, 'defer'];
          file.report(
            place,
            'an action without an idempotency key cannot be deferred: it might be done twice',
          );
        }
      }
      return { ...common(name, source), kind, operations, settings };
    }
    case 'sql': {
      const source = checkShape(file, path, value, sqlSource);
      if (!source) return null;
      const operations = rulesOf(around, path, source.operations, ({ change }) =>
        change === undefined ? 'read' : 'write',
      );
      return { ...common(name, source), kind, operations, settings: sqlSettings(around, path, source) };
    }
  }
}

type CommonSource = {
  breaker?: { failures: number; open: number } | undefined;
  serves: string[];
};

function common(name: string, { breaker, serves }: CommonSource) {
  return {
    name,
    serves,
    breaker: { failures: breaker?.failures ?? DEFAULT_FAILURES, openMs: breaker?.open ?? DEFAULT_OPEN_MS },
  };
}

function rulesOf<Source extends RulesSource>(
  around: Surroundings,
  path: SourcePath,
  sources: Readonly<Record<string, Source>>,
  kindOf: (source: Source) => OperationKind,
): Map<string, OperationRules> {
  return new Map(
    Object.entries(sources).map(([name, source]) => {
      const place = [...path, 'operations', name];
      return [name, compileRules(around, place, name, source, kindOf(source))];
    }),
  );
}

function compileRules(
  around: Surroundings,
  path: SourcePath,
  name: string,
  source: RulesSource,
  kind: OperationKind,
): OperationRules {
  const wrong = (key: string, what: string) => around.file.report([...path, key], `\`${key}\` ${what}`);
  if (kind === 'read' && source.defer) wrong('defer', 'is for actions, and this is a look-up');
  if (kind === 'read' && source.invalidates.length > 0) {
    wrong('invalidates', 'is for actions, and this is a look-up');
  }
  if (kind === 'write' && source.keep) wrong('keep', 'is for look-ups, and this is an action');
  if (kind === 'write' && source.prewarm) wrong('prewarm', 'is for look-ups, and this is an action');
  if (source.prewarm && !source.keep) wrong('prewarm', 'needs `keep`: what is not kept cannot be warm');
  const asOf = new Map(
    Object.entries(source.asOf).flatMap(([field, text]) => {
      const found = around.path([...path, 'asOf', field], text);
      return found ? [[field, found] as const] : [];
    }),
  );
  return {
    name,
    kind,
    keep: source.keep ? compileKeep(around, [...path, 'keep'], source.keep) : null,
    asOf,
    prewarm: source.prewarm ?? null,
    defer: source.defer,
    invalidates: source.invalidates,
  };
}

const HOUR_MS = 3_600_000;

function compileKeep(around: Surroundings, path: SourcePath, source: NonNullable<RulesSource['keep']>): Keep {
  const freshMs = source.fresh;
  const staleMs = source.stale ?? Math.max(freshMs, 60_000);
  const expiredMs = source.expired ?? Math.max(staleMs, HOUR_MS);
  if (staleMs < freshMs) around.file.report([...path, 'stale'], '`stale` comes before `fresh` ends');
  if (expiredMs < staleMs) around.file.report([...path, 'expired'], '`expired` comes before `stale`');
  return { freshMs, staleMs, expiredMs, fields: new Map(Object.entries(source.fields)) };
}
