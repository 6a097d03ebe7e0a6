import { compile, type JSONPathQuery } from 'json-p3';
import type { Json, JsonObject } from '../../shared/json.ts';
import { BadAnswer } from './badAnswer.ts';

/** JSONPath (RFC 9535) compiled once; nothing of it is code, and it reaches own properties only. */
export type Path = JSONPathQuery;

/** Throws an Error that says what is wrong. */
export function compilePath(source: string): Path {
  if (source.length > 300) throw new Error('is longer than 300 characters');
  return compile(source);
}

/** What a path finds: of a path to one place the value or undefined, of others a list. */
export function find(path: Path, json: Json): Json | undefined {
  const found = path.query(json as never).values() as Json[];
  return path.singularQuery() ? found[0] : found;
}

export const VALUE_KINDS = ['string', 'number', 'integer', 'boolean', 'date', 'object', 'list'] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

/** How an answer is made of what a system says. */
export type Mapping =
  | { type: 'value'; path: Path; is: ValueKind | null; optional: boolean }
  | { type: 'list'; each: Path; as: Mapping; optional: boolean }
  | { type: 'object'; fields: ReadonlyMap<string, Mapping> };

const LONGEST_LIST = 500;

/**
 * The answer that a mapping makes of a system's JSON. What is not there is left out.
 * Throws CONNECTOR_FAILED where a value of a declared kind is missing or is another.
 */
export function mapAnswer(mapping: Mapping & { type: 'object' }, json: Json): JsonObject {
  return mapObject(mapping, json, '');
}

function map(mapping: Mapping, json: Json, place: string): Json | undefined {
  switch (mapping.type) {
    case 'object':
      return mapObject(mapping, json, `${place}.`);
    case 'list': {
      const items = mapping.each.query(json as never).values() as Json[];
      if (items.length > LONGEST_LIST) throw new BadAnswer(`the answer's \`${place}\` is too long`);
      return items.map((item, index) => map(mapping.as, item, `${place}.${index}`) ?? null);
    }
    case 'value': {
      const value = find(mapping.path, json);
      const missing = value === undefined || value === null;
      if (missing && (mapping.optional || mapping.is === null)) return value;
      if (mapping.is === null || isKind(value, mapping.is)) return value;
      throw new BadAnswer(`the answer has no \`${place}\` that is a ${mapping.is}`);
    }
  }
}

function mapObject(mapping: Mapping & { type: 'object' }, json: Json, prefix: string): JsonObject {
  const answer: JsonObject = {};
  for (const [name, inner] of mapping.fields) {
    const value = map(inner, json, `${prefix}${name}`);
    if (value !== undefined) answer[name] = value;
  }
  return answer;
}

function isKind(value: Json | undefined, kind: ValueKind): boolean {
  switch (kind) {
    case 'integer':
      return Number.isSafeInteger(value);
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value));
    case 'list':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'string':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
  }
}
