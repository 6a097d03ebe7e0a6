/**
 * Whether the caller speaks, from two pairs of ears. The device is first to say so; the server confirms without
 * saying it twice, and its "no more" counts against the device until that hears a fresh beginning.
 */
export class CallerSpeech {
  #device = false;
  #server = false;
  #told = false;

  /** Each answers what is to be told, or null when that is known already. */
  device(active: boolean): boolean | null {
    this.#device = active;
    return this.#tell();
  }

  server(active: boolean): boolean | null {
    if (this.#server && !active) this.#device = false;
    this.#server = active;
    return this.#tell();
  }

  reset(): boolean | null {
    this.#device = false;
    this.#server = false;
    return this.#tell();
  }

  #tell(): boolean | null {
    const active = this.#device || this.#server;
    if (active === this.#told) return null;
    this.#told = active;
    return active;
  }
}
