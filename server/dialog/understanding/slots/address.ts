import { cardinalsIn } from '../cardinals.ts';
import { numeralRuns } from '../numerals.ts';
import type { SlotQuestion, SlotReading } from '../slot.ts';
import { bounded, fold } from '../words.ts';
import { CITY_LINKS, LEAD_IN, POSTCODE, STREET_FIRST, STREET_LAST } from './addressWords.ts';
import { ranked } from './reading.ts';

/** Parts as far as they were understood; `text` is the whole address in one line. */
export type Address = { text: string; street?: string; city?: string; postcode?: string };

const SURE = { typed: 0.93, spoken: 0.75, street: 0.6, text: 0.4 };

/**
 * A postal address. Commas separate the parts of a typed one; in a spoken one the words for street and the
 * postcode do. What cannot be told apart stays in `text`.
 */
export function readAddress(question: SlotQuestion): SlotReading[] {
  const source = bounded(question.text).replace(/\s+/g, ' ').trim();
  const line = source.replace(LEAD_IN, '').replace(/[.!?\s]+$/, '');
  if (line === '') return [];
  const typed = /[,\d]/.test(line);
  const text = typed ? line : inDigits(line, question.language);
  const parts = split(text);
  const complete = parts.street !== undefined && parts.city !== undefined;
  if (!question.asked && parts.street === undefined) return [];
  let confidence = SURE.text;
  if (complete) confidence = typed ? SURE.typed : SURE.spoken;
  else if (parts.street !== undefined) confidence = SURE.street;
  const value: Address = { text, ...parts };
  return ranked([{ value: { ...value }, source, confidence, resolved: false }]);
}

/** Spoken house numbers and postcodes in digits, letters of a postcode joined ("n w one six x e" → "NW1 6XE"). */
function inDigits(line: string, language: string): string {
  let result = '';
  let at = 0;
  for (const run of numeralRuns(line, language)) {
    const counted = cardinalsIn(line.slice(run.start, run.end), language);
    const digits = counted.length === 1 ? String(counted[0]?.value) : (run.readings[0]?.digits ?? '');
    result += line.slice(at, run.start) + digits;
    at = run.end;
  }
  result += line.slice(at);
  return result.replace(/\b(?:[a-z]|\d{1,2})(?: (?:[a-z]|\d{1,2})){3,6}$/i, (spelled) => {
    const joined = spelled.replace(/ /g, '').toUpperCase();
    return /^[A-Z]{1,2}\d/.test(joined) ? `${joined.slice(0, -3)} ${joined.slice(-3)}` : spelled;
  });
}

function split(text: string): Omit<Address, 'text'> {
  const code = POSTCODE.exec(text);
  const postcode = code && code.index > 0 ? code[0].trim().toUpperCase() : undefined;
  const without =
    code && postcode ? `${text.slice(0, code.index)},${text.slice(code.index + code[0].length)}` : text;
  const segments = without
    .split(/[,\n;]+/)
    .map((segment) => segment.replace(CITY_LINKS, '').trim())
    .filter(Boolean);
  const found: Omit<Address, 'text'> = {};
  if (postcode) found.postcode = postcode;
  const [first = '', ...others] = segments;
  const cut = streetEnd(first);
  if (cut === 0) return found;
  found.street = first.slice(0, cut).trim();
  const rest = [first.slice(cut).replace(CITY_LINKS, '').trim(), ...others].filter(Boolean);
  const city = rest[0];
  if (city && /\p{L}/u.test(city)) found.city = city;
  return found;
}

/** Where the street with its house number ends in a segment; 0 when there is none. */
function streetEnd(segment: string): number {
  const folded = fold(segment);
  // Folding may change lengths (ß); parts are then left together.
  const length = folded.length === segment.length ? null : segment.length;
  const last = STREET_LAST.exec(folded);
  if (last) return length ?? last.index + last[0].length;
  const first = STREET_FIRST.exec(folded);
  if (first) return length ?? first.index + first[0].length;
  return /^\d+[a-z]?\s+\p{L}/u.test(folded) && folded.split(' ').length <= 4 ? segment.length : 0;
}
