import type { Json, JsonObject } from '../../shared/json.ts';
import { BadAnswer } from './badAnswer.ts';
import type { ConnectorRequest } from './connector.ts';

/** `{number}` is an argument, `{address.city}` a part of one, `{subject.customerId}` who it is about. */
const NAME = /\{([A-Za-z_][\w.]*)\}/g;
const WHOLE = /^\{([A-Za-z_][\w.]*)\}$/;

/** Names that a text refers to. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(NAME)].map(([, name]) => name ?? '');
}

type Source = Pick<ConnectorRequest, 'args' | 'subject'>;

/** The value of a name; undefined when the request has none. */
export function lookUp(name: string, { args, subject }: Source): Json | undefined {
  if (name === 'subject.customerId') return subject.customerId ?? undefined;
  let value: Json | undefined = args;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, part) ? value[part] : undefined;
  }
  return value ?? undefined;
}

/**
 * A path with its values in it, each encoded so that it stays within its place: no value adds a segment, climbs up,
 * or begins a query. Throws CONNECTOR_FAILED where a value is missing or cannot be that.
 */
export function fillPath(path: string, request: Source): string {
  const filled = path.replace(NAME, (_, name: string) => encode(scalar(name, lookUp(name, request))));
  for (const [index, segment] of filled.split('/').entries()) {
    // A URL takes these for steps, encoded or not.
    if (index > 0 && /^(\.|%2e){1,2}$/i.test(segment)) throw unfit('a path segment of dots');
    if (index > 0 && segment === '' && path.split('/')[index] !== '') throw unfit('an empty path segment');
  }
  return filled;
}

/** The query's text, without what has no value. */
export function fillQuery(query: Readonly<Record<string, string>>, request: Source): string {
  const params = new URLSearchParams();
  for (const [key, text] of Object.entries(query)) {
    const names = namesIn(text);
    if (names.some((name) => lookUp(name, request) === undefined)) continue;
    params.append(
      key,
      text.replace(NAME, (_, name: string) => wellFormed(scalar(name, lookUp(name, request)))),
    );
  }
  return params.toString();
}

/** A body: a text that is one name becomes that value as it is; keys without a value are left out. */
export function fillBody(template: Json, request: Source): Json | undefined {
  if (typeof template === 'string') {
    const whole = WHOLE.exec(template)?.[1];
    if (whole !== undefined) return lookUp(whole, request);
    return template.replace(NAME, (_, name: string) => scalar(name, lookUp(name, request)));
  }
  if (Array.isArray(template)) return template.map((item) => fillBody(item, request) ?? null);
  if (typeof template !== 'object' || template === null) return template;
  const filled: JsonObject = {};
  for (const [key, item] of Object.entries(template)) {
    const value = fillBody(item, request);
    if (value !== undefined) filled[key] = value;
  }
  return filled;
}

function scalar(name: string, value: Json | undefined): string {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw unfit(value === undefined ? `no \`${name}\`` : `\`${name}\` is no plain value`);
}

function encode(text: string): string {
  return encodeURIComponent(wellFormed(text));
}

function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw unfit('broken text');
  return text;
}

function unfit(what: string): BadAnswer {
  return new BadAnswer(`the request does not fit its template: ${what}`);
}
