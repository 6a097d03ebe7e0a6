import { Pacer } from '../../server/audio/pacer.ts';
import { Exchange } from '../../server/call/exchange.ts';
import { Hearing } from '../../server/call/hearing.ts';
import { Speaking } from '../../server/call/speaking.ts';
import { Timeline } from '../../server/call/timeline.ts';
import type { Conversation, Reply } from '../../server/dialog/policy.ts';
import { SpeechQueue } from '../../server/speech/speechQueue.ts';
import type { SttEngine } from '../../server/speech/stt.ts';
import type { TtsEngine } from '../../server/speech/tts.ts';
import type { VadEngine } from '../../server/speech/vad.ts';
import { spotPhrases } from '../../server/turns/spotting.ts';
import { TurnDetector } from '../../server/turns/turnDetector.ts';
import { FRAME_MS, FRAME_SAMPLES_16K } from '../../shared/audio.ts';
import type { TimelineEntry } from '../../shared/timeline.ts';
import { SteppedTime } from './steppedTime.ts';

export type OverlapEngines = { vad: VadEngine; vadFallback: VadEngine; stt: SttEngine; tts: TtsEngine };

/** What one overlap led to. */
export type OverlapResult = {
  timeline: TimelineEntry[];
  /** What the dialog was asked, in order. */
  turns: string[];
  /** What the dialog was told that the caller has heard, at each interruption. */
  heardTexts: string[];
  /** From the overlap's first sound to the assistant's last loud one before it fell silent; null: it never did. */
  silentAfterMs: number | null;
};

export type OverlapScript = {
  says: string;
  /** What the caller has said before, to which the assistant answers; without it, it greets with what it says. */
  asks16k?: Float32Array;
  /** The caller's sound, and how long the assistant has been heard when it begins. */
  pcm16k: Float32Array;
  atMs: number;
  /** The line's noise, one frame after the other, mixed with what the caller says. */
  background?: (samples: number) => Float32Array;
  expects?: Reply['expects'];
};

const LIMIT_MS = 20_000;
/** The caller's question begins in a call, not with it. */
const BEFORE_QUESTION_MS = 400;
const AFTER_QUESTION_MS = 1_600;
/** After the end of the caller's sound a turn is decided. */
const AFTERMATH_MS = 1_600;

/**
 * A call of one reply that is spoken over, with everything between the decoder and the encoder real: voice activity,
 * turns, recogniser, exchange, voice and pacer. The dialog is one sentence long, and the time is stepped.
 */
export async function overlapCall(script: OverlapScript, real: OverlapEngines): Promise<OverlapResult> {
  const clock = new SteppedTime();
  const engines = clock.watching(real);
  const result: OverlapResult = { timeline: [], turns: [], heardTexts: [], silentAfterMs: null };
  const turns = new TurnDetector({ vad: engines.vad, fallback: engines.vadFallback, language: 'en' });
  const stt = await engines.stt.open({ language: 'en', spot: spotPhrases('en') });
  const hearing = new Hearing({ turns, stt, nowMs: () => clock.nowMs() });
  const loudness = new Loudness(() => clock.nowMs());
  const pacer = new Pacer({ clock, output: { frame: (pcm16k) => loudness.add(pcm16k) } });
  const queue = new SpeechQueue({ tts: engines.tts, player: pacer, clock });
  const speaking = new Speaking({
    queue,
    player: pacer,
    options: () => ({ language: 'en' }),
    nowMs: () => clock.nowMs(),
  });
  const timeline = new Timeline({
    callId: 'overlap',
    clock,
    store: {
      name: 'none',
      append: async () => {},
      read: async () => null,
      erase: async () => {},
      remove: async () => {},
      close: async () => {},
    },
    observe: (entry) => result.timeline.push(entry),
    onFailure: () => {},
  });
  const exchange = new Exchange({
    conversation: conversationOf(script, result),
    senses: { turns, hearing, speaking },
    language: 'en',
    timeline,
    clock,
  });
  try {
    exchange.begin(Promise.resolve(replyOf(script.asks16k ? { ...script, says: '' } : script)));
    if (script.asks16k) await ask({ ...script, pcm16k: script.asks16k }, turns, clock);
    const frames = framesOf(script);
    const startMs = clock.nowMs();
    let heardSinceMs: number | null = null;
    let callerSinceMs: number | null = null;
    while (clock.nowMs() - startMs < LIMIT_MS) {
      if (heardSinceMs === null && isHeard(result.timeline)) heardSinceMs = clock.nowMs();
      const talks = heardSinceMs !== null && clock.nowMs() - heardSinceMs >= script.atMs;
      if (talks && callerSinceMs === null) callerSinceMs = clock.nowMs() + onsetMs(script.pcm16k);
      turns.push(frames.next(talks));
      if (frames.overMs >= AFTERMATH_MS && !speaking.busy) break;
      await clock.step(FRAME_MS);
    }
    result.silentAfterMs = callerSinceMs === null ? null : loudness.silentAfter(callerSinceMs);
    return result;
  } finally {
    exchange.close();
    hearing.close();
    speaking.close();
    pacer.close();
    await timeline.flush();
  }
}

const isHeard = (timeline: readonly TimelineEntry[]): boolean =>
  timeline.some(({ type }) => type === 'assistant.audio.start');

/** The caller's question, with the silence that ends a turn. */
async function ask(script: OverlapScript, turns: TurnDetector, clock: SteppedTime): Promise<void> {
  const frames = framesOf(script);
  for (let askedMs = 0; frames.overMs < AFTER_QUESTION_MS; askedMs += FRAME_MS) {
    turns.push(frames.next(askedMs > BEFORE_QUESTION_MS));
    await clock.step(FRAME_MS);
  }
}

function replyOf({ says, expects = 'open' }: OverlapScript): Reply {
  const sentences = says === '' ? [] : says.split(/(?<=[.?!])\s+/).map((text) => ({ text }));
  return { sentences, intent: null, expects, offer: null, next: 'listen' };
}

function conversationOf(script: OverlapScript, result: OverlapResult): Conversation {
  let answered = script.asks16k === undefined;
  const short = (text: string): Reply => replyOf({ ...script, says: text, expects: 'open' });
  return {
    greet: async () => replyOf(script),
    respond: async ({ text }) => {
      if (!answered) {
        answered = true;
        return replyOf(script);
      }
      result.turns.push(text);
      return short('Okay.');
    },
    silence: async () => short('Hm.'),
    contextChanged: async () => null,
    interrupted: (heardText) => {
      result.heardTexts.push(heardText);
    },
    snapshot: () => ({}),
    resume: async () => short('Hm.'),
    onWaiting: () => {},
    close: () => {},
  };
}

/** The caller's microphone: background always, the caller's sound once it has begun. */
function framesOf({ pcm16k, background }: OverlapScript) {
  let at = 0;
  return {
    overMs: 0,
    next(talks: boolean): Float32Array {
      const frame = background?.(FRAME_SAMPLES_16K) ?? new Float32Array(FRAME_SAMPLES_16K);
      if (!talks) return frame;
      for (let index = 0; index < frame.length; index += 1) {
        frame[index] = (frame[index] ?? 0) + (pcm16k[at + index] ?? 0);
      }
      at += frame.length;
      if (at > pcm16k.length) this.overMs += FRAME_MS;
      return frame;
    },
  };
}

/** Where a clip becomes audible: a twentieth of its peak. */
function onsetMs(pcm16k: Float32Array): number {
  const peak = pcm16k.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const at = pcm16k.findIndex((sample) => Math.abs(sample) >= peak / 20);
  return (Math.max(0, at) * FRAME_MS) / FRAME_SAMPLES_16K;
}

const LOUD = 0.003;

/** When the assistant could be heard; what is sent is heard as soon as it is its turn. */
class Loudness {
  readonly #now: () => number;
  #untilMs = 0;
  readonly #loud: { fromMs: number; untilMs: number }[] = [];

  constructor(nowMs: () => number) {
    this.#now = nowMs;
  }

  add(pcm16k: Float32Array): void {
    const fromMs = Math.max(this.#untilMs, this.#now());
    this.#untilMs = fromMs + FRAME_MS;
    if (pcm16k.some((sample) => Math.abs(sample) > LOUD)) this.#loud.push({ fromMs, untilMs: this.#untilMs });
  }

  /** The first quarter of a second without sound after a moment, as ms since then. */
  silentAfter(sinceMs: number): number | null {
    let untilMs = sinceMs;
    for (const loud of this.#loud) {
      if (loud.untilMs <= sinceMs) continue;
      if (loud.fromMs - untilMs > 250) break;
      untilMs = loud.untilMs;
    }
    return untilMs - sinceMs;
  }
}
