import type { z } from 'zod';
import { didYouMean } from './problem.ts';
import type { SourceFile, SourcePath } from './sourceFile.ts';

/** Checks a value against a schema; what is wrong is reported at its place. Null when something is. */
export function checkShape<Schema extends z.ZodType>(
  file: SourceFile,
  path: SourcePath,
  value: unknown,
  schema: Schema,
  knownKeys: readonly string[] = keysOf(schema),
): z.infer<Schema> | null {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) reportIssue(file, path, value, schema, knownKeys, issue);
  return null;
}

function reportIssue(
  file: SourceFile,
  path: SourcePath,
  value: unknown,
  schema: z.ZodType,
  knownKeys: readonly string[],
  issue: Issue,
): void {
  const place = [...path, ...issue.path];
  const settings = issue.code === 'invalid_union' ? insideSettings(issue) : undefined;
  if (settings) {
    for (const inner of settings) {
      const moved = { ...inner, path: [...issue.path, ...inner.path] };
      reportIssue(file, path, value, schema, knownKeys, moved);
    }
  } else if (issue.code === 'unrecognized_keys') {
    const keys = issue.path.length === 0 ? knownKeys : keysOf(schemaAt(schema, issue.path));
    for (const key of issue.keys) {
      const hint = didYouMean(key, keys) || ` (expected one of: ${keys.join(', ')})`;
      file.reportKey(place, key, `unknown key \`${key}\`${hint}`);
    }
  } else if (issue.code === 'invalid_key') {
    const key = String(issue.path.at(-1) ?? '');
    file.reportKey(place.slice(0, -1), key, `\`${key}\`: ${issue.issues[0]?.message ?? 'is not a name'}`);
  } else {
    file.report(place, `${describe(place)}: ${messageOf(issue, value)}`);
  }
}

/** Of "text or a map of settings", what is wrong inside the map, when it is a map. */
function insideSettings(issue: Issue & { code: 'invalid_union' }): Issue[] | undefined {
  return issue.errors.find(
    (issues) => !issues.some((inner) => inner.path.length === 0 && inner.code === 'invalid_type'),
  );
}

function describe(path: SourcePath): string {
  return path.length === 0 ? 'this file' : `\`${path.map(String).join('.')}\``;
}

type Issue = z.core.$ZodIssue;

function messageOf(issue: Issue, root: unknown): string {
  const actual = issue.path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );
  if (issue.code === 'invalid_type') {
    const expected = issue.expected === 'nonoptional' ? 'a value' : issue.expected;
    return actual === undefined
      ? `is missing (expected ${expected})`
      : `is ${kindOf(actual)} (expected ${expected})`;
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const hint = didYouMean(String(actual), values);
    return `\`${String(actual)}\` is not known (expected one of: ${values.join(', ')})${hint}`;
  }
  if (issue.code === 'invalid_union') return `has the wrong shape (expected text or a map of its settings)`;
  return issue.message;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

/** The schema that stands at a path inside another one. */
function schemaAt(schema: unknown, path: readonly PropertyKey[]): unknown {
  let at = schema;
  for (const key of path) {
    const { shape, valueType, element } = definitionOf(unwrap(at));
    at = shape?.[String(key)] ?? valueType ?? element;
  }
  return at;
}

function unwrap(schema: unknown): unknown {
  const { innerType, out, options } = definitionOf(schema);
  const inside = innerType ?? out ?? options?.findLast((option) => definitionOf(option).shape);
  return inside ? unwrap(inside) : schema;
}

function keysOf(schema: unknown): string[] {
  return Object.keys(definitionOf(unwrap(schema)).shape ?? {});
}

type Definition = {
  shape?: Record<string, unknown>;
  valueType?: unknown;
  element?: unknown;
  innerType?: unknown;
  out?: unknown;
  options?: unknown[];
};

function definitionOf(schema: unknown): Definition {
  return (schema as { def?: Definition } | undefined)?.def ?? {};
}
