import type { CallState, EndReason } from '../../shared/events.ts';
import type { Json, JsonObject } from '../../shared/json.ts';
import type { WireError } from '../../shared/result.ts';
import type { PublicEvents } from '../contract.ts';

/** The version of the protocol between the page and a native app; a message of another one is not understood. */
export const BRIDGE_VERSION = 1;

/** Of `shared/errors.ts`, which a test checks; words of the call's part would be one file more for every call. */
export const NOT_UNDERSTOOD = {
  code: 'BAD_REQUEST',
  message: 'The message does not have the expected shape.',
  retryable: false,
} as const;
export const FAILED = {
  code: 'INTERNAL',
  message: 'Something failed on our side.',
  retryable: true,
} as const;

/** To the native app; each message carries `segue: 1`. */
export type ToNative =
  /** The page listens. Told anew by every page. */
  | { type: 'ready'; state: CallState; callId: string | null }
  | { type: 'state'; state: CallState; reason?: EndReason; callId: string | null }
  | ({ type: 'transcript' } & PublicEvents['segue-transcript'])
  | ({ type: 'speech' } & PublicEvents['segue-speech'])
  | ({ type: 'language' } & PublicEvents['segue-language'])
  | ({ type: 'error' } & PublicEvents['segue-error'])
  /** To a message that carried an `id`: how it went. */
  | { type: 'answer'; id: string; error: WireError | null };

/** From the native app. */
export type FromNative =
  | { type: 'call' }
  | { type: 'hangUp' }
  /** Without `on` it changes over. */
  | { type: 'mute'; on?: boolean }
  | { type: 'sendText'; text: string }
  | { type: 'updateContext'; patch: JsonObject }
  | { type: 'track'; name: string; data: Json }
  /** A phone call, or another app, has the audio of the device, or gives it back. */
  | { type: 'audioInterrupted'; active: boolean };

export type Received =
  | { ok: true; message: FromNative; id: string | undefined }
  /** Ours, but not understood. */
  | { ok: false; id: string | undefined };

const MAX_LENGTH = 64 * 1024;
const MAX_ID = 64;

/** A message as it comes, text or object; null: it is none of ours. */
export function parseFromNative(raw: unknown): Received | null {
  const value = typeof raw === 'string' ? parseJson(raw) : raw;
  if (!isObject(value) || !('segue' in value)) return null;
  const id = typeof value.id === 'string' && value.id.length <= MAX_ID ? value.id : undefined;
  const message = value.segue === BRIDGE_VERSION ? messageOf(value) : null;
  return message ? { ok: true, message, id } : { ok: false, id };
}

function messageOf(value: { [name: string]: unknown }): FromNative | null {
  switch (value.type) {
    case 'call':
    case 'hangUp':
      return { type: value.type };
    case 'mute':
      if (value.on === undefined) return { type: 'mute' };
      return typeof value.on === 'boolean' ? { type: 'mute', on: value.on } : null;
    case 'sendText':
      return typeof value.text === 'string' ? { type: 'sendText', text: value.text } : null;
    case 'updateContext':
      return isObject(value.patch) ? { type: 'updateContext', patch: value.patch as JsonObject } : null;
    case 'track':
      if (typeof value.name !== 'string') return null;
      return { type: 'track', name: value.name, data: (value.data ?? null) as Json };
    case 'audioInterrupted':
      return typeof value.active === 'boolean' ? { type: 'audioInterrupted', active: value.active } : null;
    default:
      return null;
  }
}

function parseJson(text: string): unknown {
  if (text.length > MAX_LENGTH || !text.startsWith('{')) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
