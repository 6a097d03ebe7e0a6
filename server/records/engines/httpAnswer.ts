import { SegueError } from '../../../shared/errors.ts';
import type { Json, JsonObject } from '../../../shared/json.ts';

export const LARGEST_BYTES = 256 * 1024;
const DEEPEST = 32;
const REASON = /^[a-z][a-z0-9_]{0,63}$/;

/** The JSON object in the body. Throws CONNECTOR_FAILED for anything else, too large or too deep. */
export async function readAnswer(response: Response, largestBytes = LARGEST_BYTES): Promise<JsonObject> {
  const value = await readJson(response, largestBytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SegueError('CONNECTOR_FAILED', 'the answer is not a JSON object');
  }
  return value;
}

/** The JSON in the body, whatever it is. Throws CONNECTOR_FAILED for what is none, too large or too deep. */
export async function readJson(response: Response, largestBytes = LARGEST_BYTES): Promise<Json> {
  const type = response.headers.get('content-type') ?? '';
  if (!/^application\/([a-z0-9.-]+\+)?json\b/i.test(type)) {
    await response.body?.cancel();
    throw new SegueError('CONNECTOR_FAILED', 'the answer is not JSON');
  }
  const value = parse(await readText(response, largestBytes));
  if (!isPlain(value, 0)) throw new SegueError('CONNECTOR_FAILED', 'the answer is no plain data');
  return value;
}

/** The machine-readable reason of a refusal: a short token, never a text with somebody's data in it. */
export async function readRefusal(response: Response): Promise<string> {
  const { reason } = await readAnswer(response);
  if (typeof reason !== 'string' || !REASON.test(reason)) {
    throw new SegueError('CONNECTOR_FAILED', 'a refusal without a reason');
  }
  return reason;
}

/** Counts decompressed bytes as they come, so that a small bomb does not become a large string. */
async function readText(response: Response, largestBytes: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > largestBytes) throw new SegueError('CONNECTOR_FAILED', 'the answer is too large');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The parser's own message quotes the text, which may hold personal data.
    throw new SegueError('CONNECTOR_FAILED', 'the answer is not JSON');
  }
}

function isPlain(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= DEEPEST || Object.hasOwn(value, '__proto__')) return false;
  return Object.values(value).every((inner) => isPlain(inner, depth + 1));
}
