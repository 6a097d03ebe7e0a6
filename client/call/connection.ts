/** What a call is made of on the way: the messages, the sound, and the server's word that it hears the caller. */
export type ConnectionPart = 'socket' | 'media' | 'server';

export type ConnectionEvents = {
  /** The first part is missing. */
  onLost: () => void;
  /** Nothing is missing any more. */
  onBack: () => void;
  /** Something was missing for too long. */
  onGivenUp: () => void;
};

/** How long a lost connection may take to come back before the call is given up; the server waits as long. */
export const GIVE_UP_AFTER_MS = 150_000;

/** What of a call's connection is missing at the moment although the call is on. */
export class Connection {
  readonly #events: ConnectionEvents;
  readonly #missing = new Set<ConnectionPart>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(events: ConnectionEvents) {
    this.#events = events;
  }

  set(part: ConnectionPart, up: boolean): void {
    const missing = this.#missing;
    if (missing.has(part) !== up) return;
    if (up) missing.delete(part);
    else missing.add(part);
    if (missing.size === 0) {
      clearTimeout(this.#timer);
      this.#events.onBack();
    } else if (!up && missing.size === 1) {
      this.#events.onLost();
      this.#timer = setTimeout(this.#events.onGivenUp, GIVE_UP_AFTER_MS);
    }
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
