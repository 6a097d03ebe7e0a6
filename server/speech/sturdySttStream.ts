import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { EngineHealth, Trouble, Watched } from './engineHealth.ts';
import { isRecognition } from './recognitionCheck.ts';
import type { Recognition, SttEngine, SttOptions, SttStream } from './stt.ts';
import { withinTime } from './withinTime.ts';

/** What was written up to one flush. */
type Segment = {
  pieces: Float32Array[];
  samples: number;
  /** Whether it is compared with the phrases of `spot`. */
  spot: boolean;
  /** Null until it is flushed. */
  waiting: { resolve: (heard: Recognition) => void; reject: (error: SegueError) => void } | null;
  /** How often an engine has heard it. */
  attempts: number;
  limit: TimerHandle | null;
};

type Inner = { stream: SttStream; health: EngineHealth; engine: SttEngine };

/** An engine that works answers a flush in 50 to 200 ms, behind what it has still to work off. */
const FLUSH_LIMIT_MS = 2_500;
const OPEN_LIMIT_MS = 1_500;
/** From one trial to open a stream to the next. */
const RETRY_MS = 150;
/** A flush that no engine could answer for so long is given up; the stream itself is not. */
const GIVE_UP_MS = 6_000;
/** Sound at which every engine breaks is given up. */
const MOST_ATTEMPTS = 3;
/** What is kept to be heard again; a turn that is longer loses its beginning. */
const MOST_KEPT_SAMPLES = 30 * SPEECH_RATE_HZ;

/** A stream that outlives its engine: keeps what is not answered yet, and has it heard again by the next. */
export class SturdySttStream implements SttStream {
  /** The first engine has opened, or failed to; then others are tried. */
  readonly opened: Promise<void>;
  readonly #engines: readonly Watched<SttEngine>[];
  readonly #options: SttOptions;
  readonly #clock: Clock;
  readonly #onTrouble: Trouble;
  readonly #onClose: () => void;
  #inner: Inner | null = null;
  #segments: Segment[] = [fresh()];
  #spotting = false;
  #listener: (text: string) => void = () => {};
  #deadline: TimerHandle | null = null;
  #retry: TimerHandle | null = null;
  #closed = false;

  constructor(parts: {
    engines: readonly Watched<SttEngine>[];
    options: SttOptions;
    clock: Clock;
    onTrouble: Trouble;
    onClose: () => void;
  }) {
    this.#engines = parts.engines;
    this.#options = parts.options;
    this.#clock = parts.clock;
    this.#onTrouble = parts.onTrouble;
    this.#onClose = parts.onClose;
    this.opened = this.#open();
  }

  write(pcm16k: Float32Array): void {
    if (this.#closed || pcm16k.length === 0) return;
    const segment = this.#last();
    if (segment.samples === 0) {
      segment.spot = this.#spotting;
      segment.attempts = this.#inner ? 1 : 0;
    }
    segment.pieces.push(pcm16k);
    segment.samples += pcm16k.length;
    this.#forgetTooMuch();
    this.#ask(({ stream }) => stream.write(pcm16k.slice()));
  }

  flush(): Promise<Recognition> {
    if (this.#closed) return Promise.reject(new SegueError('SPEECH_UNAVAILABLE', 'The stream is closed.'));
    const { promise, resolve, reject } = Promise.withResolvers<Recognition>();
    const segment = this.#last();
    segment.waiting = { resolve, reject };
    this.#segments.push(fresh());
    segment.limit = this.#clock.after(GIVE_UP_MS + this.behindMs, () =>
      this.#giveUp(segment, new SegueError('SPEECH_UNAVAILABLE', 'No recogniser has answered.')),
    );
    if (this.#inner) this.#flush(segment, this.#inner);
    return promise;
  }

  get behindMs(): number {
    if (this.#inner) return this.#inner.stream.behindMs ?? 0;
    return (this.#keptSamples() * 1000) / SPEECH_RATE_HZ;
  }

  spotting(on: boolean): void {
    this.#spotting = on;
    this.#ask(({ stream }) => stream.spotting?.(on));
  }

  onPartial(listener: (text: string) => void): void {
    this.#listener = listener;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#retry?.cancel();
    this.#leave();
    const error = new SegueError('SPEECH_UNAVAILABLE', 'The stream was closed.');
    for (const segment of [...this.#segments]) this.#giveUp(segment, error);
    this.#onClose();
  }

  #last(): Segment {
    return this.#segments.at(-1) as Segment;
  }

  #keptSamples(): number {
    return this.#segments.reduce((sum, { samples }) => sum + samples, 0);
  }

  #forgetTooMuch(): void {
    for (let kept = this.#keptSamples(); kept > MOST_KEPT_SAMPLES; ) {
      const oldest = this.#segments.find(({ samples }) => samples > 0);
      const piece = oldest?.pieces.shift();
      if (!oldest || !piece) return;
      oldest.samples -= piece.length;
      kept -= piece.length;
    }
  }

  /** Whatever an engine throws is its trouble, not the call's. */
  #ask(question: (inner: Inner) => void): void {
    const inner = this.#inner;
    if (!inner) return;
    try {
      question(inner);
    } catch (error) {
      this.#trouble(inner, error);
    }
  }

  /** `last`: the engine that is tried after all others, because it has just failed. */
  async #open(last: SttEngine | null = null): Promise<void> {
    const others = this.#engines.filter(({ engine }) => engine !== last);
    for (const { engine, health } of [...others, ...this.#engines.filter((one) => !others.includes(one))]) {
      if (this.#closed || !health.usable || engine.available === false) continue;
      const opening = engine.open(this.#options);
      try {
        const stream = await withinTime(opening, { clock: this.#clock, limitMs: OPEN_LIMIT_MS });
        if (this.#closed) stream.close();
        else this.#use({ stream, health, engine });
        return;
      } catch (error) {
        // One that comes too late is of no use.
        opening.then((stream) => stream.close()).catch(() => {});
        health.failed();
        this.#onTrouble(engine.name, error as Error);
      }
    }
    if (!this.#closed) this.#retry = this.#clock.after(RETRY_MS, () => void this.#open());
  }

  #use(inner: Inner): void {
    this.#inner = inner;
    inner.stream.onPartial((text) => {
      if (this.#inner !== inner) return;
      if (typeof text === 'string') this.#listener(text);
      else this.#trouble(inner, new SegueError('SPEECH_UNAVAILABLE', 'A partial text is none.'));
    });
    inner.stream.onLost?.((error) => this.#trouble(inner, error));
    for (const segment of [...this.#segments]) {
      this.#ask(({ stream }) => {
        segment.attempts += 1;
        stream.spotting?.(segment.spot);
        for (const piece of segment.pieces) stream.write(piece.slice());
        if (segment.waiting) this.#flush(segment, inner);
      });
      if (this.#inner !== inner) return;
    }
    this.#ask(({ stream }) => stream.spotting?.(this.#spotting));
  }

  #flush(segment: Segment, inner: Inner): void {
    const failed = (error: unknown): void => this.#trouble(inner, error);
    try {
      inner.stream.flush().then((heard) => {
        if (this.#inner !== inner || !this.#segments.includes(segment)) return;
        if (!isRecognition(heard, segment.samples / SPEECH_RATE_HZ)) {
          failed(new SegueError('SPEECH_UNAVAILABLE', 'The engine answered nonsense.'));
          return;
        }
        inner.health.worked();
        this.#forget(segment);
        this.#watch(inner);
        segment.waiting?.resolve(heard);
      }, failed);
      if (!this.#deadline) this.#watch(inner);
    } catch (error) {
      failed(error);
    }
  }

  /** Flushes are answered in order: the clock runs for the first. */
  #watch(inner: Inner): void {
    this.#deadline?.cancel();
    this.#deadline = null;
    if (!this.#segments.some(({ waiting }) => waiting)) return;
    const limitMs = FLUSH_LIMIT_MS + (inner.stream.behindMs ?? 0);
    this.#deadline = this.#clock.after(limitMs, () =>
      this.#trouble(inner, new SegueError('SPEECH_UNAVAILABLE', 'The engine does not answer.')),
    );
  }

  #trouble(inner: Inner, error: unknown): void {
    if (this.#closed || this.#inner !== inner) return;
    inner.health.failed();
    this.#onTrouble(inner.engine.name, error as Error);
    this.#leave();
    for (const segment of this.#segments.filter(({ attempts }) => attempts >= MOST_ATTEMPTS)) {
      segment.pieces = [];
      segment.samples = 0;
      this.#giveUp(segment, SegueError.from(error));
    }
    void this.#open(inner.engine);
  }

  #leave(): void {
    this.#deadline?.cancel();
    this.#deadline = null;
    const inner = this.#inner;
    this.#inner = null;
    try {
      inner?.stream.close();
    } catch {
      // It is left in any case.
    }
  }

  #giveUp(segment: Segment, error: SegueError): void {
    if (!segment.waiting || !this.#segments.includes(segment)) return;
    this.#forget(segment);
    segment.waiting.reject(error);
  }

  #forget(segment: Segment): void {
    segment.limit?.cancel();
    this.#segments.splice(this.#segments.indexOf(segment), 1);
  }
}

function fresh(): Segment {
  return { pieces: [], samples: 0, spot: false, waiting: null, attempts: 0, limit: null };
}
