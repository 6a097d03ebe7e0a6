import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { Log } from '../telemetry/log.ts';

/** Errors that the operator must mend before the server can start. */
const FATAL: readonly string[] = ['PORT_IN_USE', 'ADDRESS_UNAVAILABLE', 'CONFIG_INVALID', 'DATABASE_IN_USE'];
/** What is not installed does not come by itself. */
const LASTING: readonly string[] = ['MODEL_MISSING', 'MODEL_INVALID'];
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

type Closable = { close(): unknown };

export type PartParts = { name: string; clock: Clock; log: Log };

/**
 * A feature that may be absent, with the reason in words for the operator. It is opened again and again while what it
 * failed of may pass.
 */
export class Part<Value extends Closable> {
  /** Resolves when it is there; never rejects. */
  readonly there: Promise<Value>;
  readonly #open: () => Promise<Value>;
  readonly #parts: PartParts;
  readonly #arrive: (value: Value) => void;
  #value: Value | null = null;
  #problem: string | null = null;
  /** The problem that the log knows of. */
  #told: string | null = null;
  #retry: TimerHandle | null = null;
  #closed = false;

  private constructor(open: () => Promise<Value>, parts: PartParts) {
    this.#open = open;
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<Value>();
    this.there = promise;
    this.#arrive = resolve;
  }

  /** Resolves when it was tried once. Rejects with what keeps the server from starting. */
  static async open<Value extends Closable>(
    open: () => Promise<Value>,
    parts: PartParts,
  ): Promise<Part<Value>> {
    const part = new Part(open, parts);
    const error = await part.#try();
    if (error && FATAL.includes(error.code)) throw error;
    if (error) part.#tryAgain(error, FIRST_RETRY_MS);
    return part;
  }

  get value(): Value | null {
    return this.#value;
  }

  /** Why it is absent; null when it is there. */
  get problem(): string | null {
    return this.#problem;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    await this.#value?.close();
  }

  async #try(): Promise<SegueError | null> {
    try {
      const value = await this.#open();
      if (this.#closed) {
        await value.close();
        return null;
      }
      this.#value = value;
      this.#problem = null;
      this.#arrive(value);
      return null;
    } catch (thrown) {
      const error = SegueError.from(thrown);
      const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
      this.#problem = `${error.message}${cause}`;
      return error;
    }
  }

  #tryAgain({ code }: SegueError, retryInMs: number): void {
    if (this.#closed || LASTING.includes(code)) return;
    const { name, clock, log } = this.#parts;
    if (this.#told !== this.#problem)
      log.warn({ part: name, problem: this.#problem }, 'a part could not be opened; it is tried again');
    this.#told = this.#problem;
    this.#retry = clock.after(retryInMs, async () => {
      const error = await this.#try();
      if (error) this.#tryAgain(error, Math.min(2 * retryInMs, LONGEST_RETRY_MS));
      else log.info({ part: name }, 'a part is there after all');
    });
  }
}
