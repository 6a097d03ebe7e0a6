import { systemClock } from '../../shared/clock.ts';
import { CallError } from './callError.ts';
import type { CallHoldings } from './callHoldings.ts';
import { GIVE_UP_AFTER_MS } from './connection.ts';
import type { Signalling } from './signalling.ts';

/** After an answer that may be another one soon. */
const PAUSE_MS = 1_000;
/** Nobody waits longer with the next call for the end of the one before. */
const HEARD_WITHIN_MS = 2_000;

/**
 * The last word of calls that were hung up: said until the server knows, for as long as it would wait for their device. Of
 * such a call only the line is left, and nobody listens on it.
 */
export class Farewells {
  readonly #connect: (token: string) => Promise<Signalling>;
  readonly #clock: typeof systemClock;
  readonly #unheard = new Set<Promise<void>>();
  readonly #lines = new Set<Signalling>();

  /** `connect` opens the line of a call that was hung up before it had one on this page. */
  constructor(connect: (token: string) => Promise<Signalling>, clock = systemClock) {
    this.#connect = connect;
    this.#clock = clock;
  }

  /** Takes the line from what is let go of. `hasCall`: the server has one to end. */
  say({ signalling, ticket }: CallHoldings, hasCall: boolean): void {
    const line = signalling ?? (hasCall && ticket ? this.#connect(ticket.token) : null);
    if (!line) return;
    const said = this.#sayOn(line)
      .catch(() => {})
      .finally(() => this.#unheard.delete(said));
    this.#unheard.add(said);
  }

  /** Before another call begins: it goes on with what the one before has left open. */
  async heard(): Promise<void> {
    if (this.#unheard.size === 0) return;
    // The network is there: a line that is not, or does not answer, is opened anew.
    for (const line of this.#lines) {
      line.wake();
      line.hurry();
    }
    const late = new Promise<void>((resolve) => this.#clock.after(HEARD_WITHIN_MS, resolve));
    await Promise.race([Promise.all(this.#unheard), late]);
  }

  async #sayOn(opening: Signalling | Promise<Signalling>): Promise<void> {
    const untilMs = this.#clock.nowMs() + GIVE_UP_AFTER_MS;
    const line = await opening;
    this.#lines.add(line);
    line.quiet();
    const refused = new Promise<null>((resolve) => line.onRefused(() => resolve(null)));
    try {
      for (;;) {
        const leftMs = untilMs - this.#clock.nowMs();
        const answered = line.request('call.hangUp', {}, leftMs).then(() => null, CallError.from);
        const error = await Promise.race([answered, refused]);
        if (!error?.passes || this.#clock.nowMs() >= untilMs) return;
        // What was lost with the line waits for it to be back.
        if (error.code === 'NETWORK_UNREACHABLE') continue;
        await new Promise<void>((resolve) => this.#clock.after(PAUSE_MS, resolve));
      }
    } finally {
      line.close();
      this.#lines.delete(line);
    }
  }
}
