import { setTimeout as pause } from 'node:timers/promises';
import type { SttEngine } from '../../server/speech/stt.ts';
import type { TtsEngine } from '../../server/speech/tts.ts';
import type { VadEngine } from '../../server/speech/vad.ts';
import type { Clock, TimerHandle } from '../../shared/clock.ts';

type Timer = { atMs: number; periodMs: number | null; run: () => void };
type Speech = { vad: VadEngine; vadFallback: VadEngine; stt: SttEngine; tts: TtsEngine };

/**
 * Time that goes on only when the engines have answered: what is decided in a call does not depend on how busy the
 * machine is, and takes as long as the engines compute. Their own time is left out of it.
 */
export class SteppedTime implements Clock {
  readonly #timers = new Set<Timer>();
  #nowMs = 1_000;
  #working = 0;
  readonly #behind: (() => number)[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): TimerHandle {
    return this.#add({ atMs: this.#nowMs + Math.max(0, delayMs), periodMs: null, run });
  }

  every(periodMs: number, run: () => void): TimerHandle {
    return this.#add({ atMs: this.#nowMs + periodMs, periodMs, run });
  }

  /** The same engines, whose work is waited for. */
  watching({ vad, vadFallback, stt, tts }: Speech): Speech {
    return {
      vad: this.#watchingVad(vad),
      vadFallback: this.#watchingVad(vadFallback),
      tts: {
        name: tts.name,
        languages: tts.languages,
        voices: tts.voices,
        synthesise: (...args) => this.#work(tts.synthesise(...args)),
        close: () => tts.close(),
      },
      stt: {
        name: stt.name,
        languages: stt.languages,
        close: () => stt.close(),
        open: async (options) => {
          const stream = await stt.open(options);
          this.#behind.push(() => stream.behindMs ?? 0);
          return {
            write: (pcm16k) => stream.write(pcm16k),
            flush: () => this.#work(stream.flush()),
            spotting: (on) => stream.spotting?.(on),
            onPartial: (listener) => stream.onPartial(listener),
            close: () => stream.close(),
          };
        },
      },
    };
  }

  /** Lets the engines finish, then lets the time pass. */
  async step(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await this.#settled();
    for (let timer = this.#next(untilMs); timer; timer = this.#next(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, timer.atMs);
      if (timer.periodMs === null) this.#timers.delete(timer);
      else timer.atMs = this.#nowMs + timer.periodMs;
      timer.run();
      await this.#settled();
    }
    this.#nowMs = untilMs;
  }

  #add(timer: Timer): TimerHandle {
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  #next(untilMs: number): Timer | undefined {
    return [...this.#timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
  }

  /** Promises settle within a turn of the event loop; what they ask of an engine takes longer. */
  async #settled(): Promise<void> {
    await new Promise(setImmediate);
    while (this.#working > 0 || this.#behind.some((ms) => ms() > 0)) {
      await pause(1);
      await new Promise(setImmediate);
    }
  }

  #watchingVad(vad: VadEngine): VadEngine {
    return {
      name: vad.name,
      close: () => vad.close(),
      open: async () => {
        const stream = await vad.open();
        return {
          process: (pcm16k) => this.#work(stream.process(pcm16k)),
          reset: () => stream.reset(),
          close: () => stream.close(),
        };
      },
    };
  }

  async #work<Value>(work: Promise<Value>): Promise<Value> {
    this.#working += 1;
    try {
      return await work;
    } finally {
      this.#working -= 1;
    }
  }
}
