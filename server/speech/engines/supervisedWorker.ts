import { Emitter } from '../../../shared/emitter.ts';
import { type ErrorCode, SegueError } from '../../../shared/errors.ts';
import { type Launch, launchThread, type Running, type RunningEvents } from './launch.ts';

/** First messages of every engine's worker; the rest is the engine's own. */
export type WorkerStart<Ready> =
  | { type: 'ready'; ready: Ready }
  | { type: 'refused'; code: ErrorCode; detail: string };

type Events<Out> = {
  message: [Out];
  /** The worker died; what was asked of it will not be answered. It is started again by itself. */
  lost: [SegueError];
};

const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 10_000;
/** After so many deaths in a row, some 40 s of trying, it is tried once a minute: what is missing may come back. */
const MOST_DEATHS = 10;
const SLOW_RESTART_MS = 60_000;
/** Who has lived so long did not die of being started. */
const HEALTHY_MS = 60_000;
/** How often a silent worker is looked at. */
const LOOK_EVERY_MS = 500;
/** Libraries and models are there within a second, and within ten on a machine that has no time. */
const START_LIMIT_MS = 30_000;

/** Something in a worker that works by itself and may hang by itself. */
export type WatchedPart = {
  /** Something was asked of it that is not answered. */
  busy(): boolean;
  /** When it last answered, or had nothing to do; of `performance.now()`. */
  heardAtMs: number;
};

/** A thread or process of an engine that is started again, with growing delay, when it dies or hangs. */
export class SupervisedWorker<In, Out, Ready> extends Emitter<Events<Out>> {
  readonly #script: URL;
  readonly #data: () => unknown;
  readonly #launch: Launch;
  #running: Running<In> | null = null;
  #up = false;
  #closed = false;
  #deaths = 0;
  #upAtMs = 0;
  #restart: NodeJS.Timeout | null = null;
  #watch: NodeJS.Timeout | null = null;

  /** `data` is asked anew at every start. */
  constructor(script: URL, data: () => unknown, launch: Launch = launchThread) {
    super();
    this.#script = script;
    this.#data = data;
    this.#launch = launch;
  }

  /** False while the worker is being started again. */
  get up(): boolean {
    return this.#up;
  }

  /** Resolves when the worker can work; rejects with the reason that it gives, or SPEECH_UNAVAILABLE. */
  async start(): Promise<Ready> {
    const { promise, resolve, reject } = Promise.withResolvers<Ready>();
    // What cannot work, or not in time, must not stay behind when the next one is there.
    const refuse = (error: SegueError): void => {
      reject(error);
      void running.end();
    };
    const running = this.#launched({
      message: (message) => {
        if (this.#running !== running) return;
        if (this.#up) {
          this.emit('message', message as Out);
          return;
        }
        clearTimeout(limit);
        const start = message as WorkerStart<Ready>;
        if (start.type === 'ready') {
          this.#up = true;
          this.#upAtMs = performance.now();
          resolve(start.ready);
        } else refuse(new SegueError(start.code, start.detail));
      },
      ended: (problem) => {
        clearTimeout(limit);
        const error = new SegueError('SPEECH_UNAVAILABLE', problem);
        reject(error);
        if (this.#running !== running) return;
        const wasUp = this.#up;
        this.#up = false;
        this.#running = null;
        if (this.#closed || !wasUp) return;
        if (performance.now() - this.#upAtMs > HEALTHY_MS) this.#deaths = 0;
        this.emit('lost', error);
        this.#startAgain();
      },
    });
    const limit = setTimeout(
      () => refuse(new SegueError('SPEECH_UNAVAILABLE', 'It does not start.')),
      START_LIMIT_MS,
    ).unref();
    this.#running = running;
    return promise;
  }

  post(message: In, transfer: ArrayBuffer[] = []): void {
    this.#running?.post(message, transfer);
  }

  /** Ends a worker that is `busy` and says nothing for `silenceMs`; it is started again as after a crash. */
  watch(busy: () => boolean, silenceMs: number): void {
    const whole: WatchedPart = { busy, heardAtMs: 0 };
    this.on('message', () => {
      whole.heardAtMs = performance.now();
    });
    this.watchParts([whole], silenceMs);
  }

  /** The same, where one of several parts may hang while the others answer; who asks notes when each was heard. */
  watchParts(parts: readonly WatchedPart[], silenceMs: number): void {
    let lookedAtMs = performance.now();
    // One that is asked before the first look has its time, too.
    for (const part of parts) part.heardAtMs = lookedAtMs;
    this.#watch ??= setInterval(() => {
      const nowMs = performance.now();
      // When we stood still ourselves, their answers wait to be read.
      const late = nowMs - lookedAtMs > 2 * LOOK_EVERY_MS;
      lookedAtMs = nowMs;
      for (const part of parts) {
        if (late || !this.#up || !part.busy()) part.heardAtMs = nowMs;
      }
      if (parts.some(({ heardAtMs }) => nowMs - heardAtMs > silenceMs)) this.abandon();
    }, LOOK_EVERY_MS).unref();
  }

  /** Ends a worker that does not answer any more; it is started again as after a crash. */
  abandon(): void {
    void this.#running?.end();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#restart) clearTimeout(this.#restart);
    if (this.#watch) clearInterval(this.#watch);
    await this.#running?.end();
    this.removeAllListeners();
  }

  /** A machine without memory or with too many processes refuses one by throwing. */
  #launched(on: RunningEvents): Running<In> {
    try {
      return this.#launch<In>(this.#script, this.#data(), on);
    } catch (error) {
      throw new SegueError('SPEECH_UNAVAILABLE', error instanceof Error ? error.message : String(error));
    }
  }

  #startAgain(): void {
    this.#deaths += 1;
    const soonMs = Math.min(FIRST_RESTART_MS * 2 ** (this.#deaths - 1), LONGEST_RESTART_MS);
    const delayMs = this.#deaths > MOST_DEATHS ? SLOW_RESTART_MS : soonMs;
    this.#restart = setTimeout(() => {
      if (this.#closed) return;
      this.start().catch(() => {
        if (!this.#closed) this.#startAgain();
      });
    }, delayMs);
    this.#restart.unref();
  }
}
