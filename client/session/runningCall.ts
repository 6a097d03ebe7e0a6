import type { CallModel, Message } from '../call/callModel.ts';
import type { Store } from './browserIds.ts';
import { runningCallKey } from './runningCallKey.ts';

/** What the next page of a tab needs to go on with the call of this one. */
export type RunningCall = {
  callId: string;
  sessionId: string;
  /** Opens the session's socket. */
  token: string;
  mode: CallModel['mode'];
  /** In writing, because sound did not get through. */
  blocked?: boolean;
  muted: boolean;
  unsent?: readonly Message[];
  panelOpen: boolean;
  /** Who the visitor was signed in as, as a digest; null: nobody. */
  who: string | null;
};

/**
 * As long as a token: one that is older opens nothing, and a tab that is restored days later asks for no microphone. By
 * the device's own clock at both ends, which may be wrong by hours; the rest the server decides.
 */
const KEPT_FOR_MS = 15 * 60_000;

/** The call that is on in this tab, kept where a reload and the next page of the site find it, and nobody else. */
export class RunningCallStore {
  readonly #store: () => Store;
  readonly #key: () => string;
  readonly #epochMs: () => number;

  constructor(server: () => { url: string; site: string }, store = () => sessionStorage, epochMs = Date.now) {
    this.#store = store;
    this.#key = () => {
      const { url, site } = server();
      return runningCallKey(url, site);
    };
    this.#epochMs = epochMs;
  }

  /** Null when there is none, it is too old, or it is not what we have written. */
  read(): RunningCall | null {
    try {
      const { keptAtMs, call } = JSON.parse(this.#store().getItem(this.#key()) ?? '{}');
      if (isRunningCall(call) && this.#epochMs() - keptAtMs < KEPT_FOR_MS) return call;
    } catch {
      // No storage, or somebody else's text.
    }
    return null;
  }

  write(call: RunningCall): void {
    try {
      this.#store().setItem(this.#key(), JSON.stringify({ keptAtMs: this.#epochMs(), call }));
    } catch {
      // Full or forbidden: then the call does not outlive the page.
    }
  }

  remove(): void {
    try {
      this.#store().removeItem(this.#key());
    } catch {
      // Nothing is kept.
    }
  }
}

export function isRunningCall(value: unknown): value is RunningCall {
  if (typeof value !== 'object' || value === null) return false;
  const call = value as Partial<RunningCall>;
  const { callId, sessionId, token, mode, blocked = false, muted, unsent = [], panelOpen, who } = call;
  return (
    [callId, sessionId, token].every((text) => typeof text === 'string' && text !== '') &&
    (mode === 'voice' || mode === 'writing') &&
    typeof blocked === 'boolean' &&
    typeof muted === 'boolean' &&
    Array.isArray(unsent) &&
    unsent.every((message) => typeof message?.id === 'string' && typeof message.text === 'string') &&
    typeof panelOpen === 'boolean' &&
    (who === null || typeof who === 'string')
  );
}
