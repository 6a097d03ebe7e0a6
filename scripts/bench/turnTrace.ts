import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { Hearing } from '../../server/call/hearing.ts';
import type { Recognition, SttEngine, SttStream } from '../../server/speech/stt.ts';
import { VAD_WINDOW_SAMPLES, type VadEngine } from '../../server/speech/vad.ts';
import { type EndpointQuestion, endpoint } from '../../server/turns/endpointing.ts';
import { TurnDetector } from '../../server/turns/turnDetector.ts';
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import type { LabelledTurn } from './labelledTurns.ts';

/** One moment of silence at which the turn could end, and what the rule makes of it. */
export type Moment = EndpointQuestion & { atMs: number; silenceMs: number; waitMs: number; reason: string };

export type TurnTrace = { turn: LabelledTurn; moments: Moment[] };

export type TraceEngines = { vad: VadEngine; vadFallback: VadEngine; stt: SttEngine | null };

/** From the pause until the recogniser's text of it; assumed, because recognition here does not run in real time. */
const RECOGNITION_MS = 100;
const WINDOW_MS = (VAD_WINDOW_SAMPLES / SPEECH_RATE_HZ) * 1000;

/**
 * A turn through the real detector, voice activity and (where there is one) recogniser, in media time. The rule is
 * asked as in a call but never obeyed, so that one run tells what any scale of its waits would have led to.
 */
export async function traceTurn(turn: LabelledTurn, engines: TraceEngines): Promise<TurnTrace> {
  const moments: Moment[] = [];
  let nowMs = 0;
  let endMs = 0;
  const judged = new Judged(engines.vad);
  const turns = new TurnDetector({
    vad: judged,
    fallback: engines.vadFallback,
    language: turn.language,
    rule: (question) => {
      const { waitMs, reason } = endpoint(question);
      moments.push({ ...question, atMs: nowMs, silenceMs: nowMs - endMs, waitMs, reason });
      return { waitMs: Number.POSITIVE_INFINITY, reason };
    },
  });
  turns.on('speechEnd', ({ atMs }) => {
    endMs = atMs;
  });
  const knows = engines.stt?.languages.includes(turn.language) === true;
  const stt = engines.stt && knows ? new Held(await engines.stt.open({ language: turn.language })) : null;
  const hearing = stt && new Hearing({ turns, stt, nowMs: () => nowMs });
  try {
    for (let at = 0; at + VAD_WINDOW_SAMPLES <= turn.pcm16k.length; at += VAD_WINDOW_SAMPLES) {
      nowMs += WINDOW_MS;
      turns.push(turn.pcm16k.slice(at, at + VAD_WINDOW_SAMPLES));
      await judged.settled;
      await turnOfLoop();
      await stt?.release(nowMs);
    }
  } finally {
    hearing?.close();
    turns.close();
  }
  return { turn, moments };
}

/** Voice activity that can be waited for. */
class Judged implements VadEngine {
  readonly name = 'judged';
  readonly #engine: VadEngine;
  settled: Promise<unknown> = Promise.resolve();

  constructor(engine: VadEngine) {
    this.#engine = engine;
  }

  async open() {
    const stream = await this.#engine.open();
    return {
      process: (pcm16k: Float32Array) => {
        const judgement = stream.process(pcm16k);
        this.settled = judgement.catch(() => {});
        return judgement;
      },
      reset: () => stream.reset(),
      close: () => stream.close(),
    };
  }

  async close(): Promise<void> {}
}

/** A recogniser whose answers come at a time of the media, however long they took. */
class Held implements SttStream {
  readonly #stream: SttStream;
  readonly #waiting: { answer: Promise<Recognition>; resolve: () => void; dueMs: number | null }[] = [];

  constructor(stream: SttStream) {
    this.#stream = stream;
  }

  write(pcm16k: Float32Array): void {
    this.#stream.write(pcm16k);
  }

  async flush(): Promise<Recognition> {
    const answer = this.#stream.flush();
    await new Promise<void>((resolve) => this.#waiting.push({ answer, resolve, dueMs: null }));
    return answer;
  }

  onPartial(): void {}

  close(): void {
    this.#stream.close();
  }

  async release(nowMs: number): Promise<void> {
    for (const waiting of [...this.#waiting]) {
      waiting.dueMs ??= nowMs + RECOGNITION_MS;
      if (waiting.dueMs > nowMs) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      await waiting.answer.catch(() => {});
      waiting.resolve();
      await turnOfLoop();
    }
  }
}
