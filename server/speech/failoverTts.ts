import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { type Trouble, type Watched, watched } from './engineHealth.ts';
import type { SpokenAudio, TtsEngine } from './tts.ts';
import { withinTime } from './withinTime.ts';

type SynthesisOptions = Parameters<TtsEngine['synthesise']>[1];

/** An engine that works answers a sentence in 50 to 100 ms; with a queue before it, in some more. */
const LIMIT_MS = 1_200;
/** Computing for a second of speech, on a machine that is short of breath. */
const LIMIT_MS_PER_SPOKEN_SECOND = 60;
/** How long a character takes to speak at most; a digit is a word. */
const LONGEST_CHARACTER_S = 0.3;
const LONGEST_DIGIT_S = 1;
const LONGEST_EXTRA_S = 5;
/** Samples beyond this are no sound but garbage. */
const LOUDEST = 1.5;

/**
 * Engines in order of preference as one: the next takes over when one is late, fails or answers nonsense, and who keeps
 * failing is left alone for a while. Closing it closes the engines.
 */
export function failoverTts(
  engines: readonly [TtsEngine, ...TtsEngine[]],
  { clock, onTrouble = () => {} }: { clock: Clock; onTrouble?: Trouble },
): TtsEngine {
  const all = watched(engines, clock);
  const [first] = engines;
  let closed = false;

  async function speak({ engine }: Watched<TtsEngine>, text: string, options: SynthesisOptions) {
    const { voice, signal, ...others } = options;
    const longestS = longestSeconds(text) / Math.min(1, options.rate ?? 1);
    const giveUp = new AbortController();
    const known = voice !== undefined && engine.voices.includes(voice);
    const work = engine.synthesise(text, {
      ...others,
      ...(known ? { voice } : {}),
      signal: signal ? AbortSignal.any([signal, giveUp.signal]) : giveUp.signal,
    });
    try {
      const limitMs = LIMIT_MS + longestS * LIMIT_MS_PER_SPOKEN_SECOND;
      const audio = await withinTime(work, { clock, limitMs, signal });
      mustBeSpeech(audio, longestS);
      return audio;
    } finally {
      giveUp.abort();
      work.catch(() => {});
    }
  }

  return {
    name: [...new Set(engines.map(({ name }) => name))].join('+'),
    languages: first.languages,
    voices: first.voices,
    async synthesise(text, options) {
      options.signal?.throwIfAborted();
      if (
        options.voice !== undefined &&
        !engines.some(({ voices }) => voices.includes(options.voice ?? ''))
      ) {
        throw new SegueError('SPEECH_UNAVAILABLE', `There is no voice "${options.voice}".`);
      }
      let last: unknown = new SegueError('SPEECH_UNAVAILABLE', 'No voice works at the moment.');
      for (const one of all.filter(({ health }) => health.usable)) {
        try {
          const audio = await speak(one, text, options);
          one.health.worked();
          return audio;
        } catch (error) {
          if (options.signal?.aborted || closed) throw error;
          one.health.failed();
          onTrouble(one.engine.name, error as Error);
          last = error;
        }
      }
      throw SegueError.from(last);
    },
    async close() {
      closed = true;
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
}

function longestSeconds(text: string): number {
  const digits = text.match(/\d/g)?.length ?? 0;
  return LONGEST_EXTRA_S + (text.length - digits) * LONGEST_CHARACTER_S + digits * LONGEST_DIGIT_S;
}

function mustBeSpeech({ pcm16k }: SpokenAudio, longestS: number): void {
  if (!(pcm16k instanceof Float32Array) || pcm16k.length === 0) nonsense('no samples');
  if (pcm16k.length > longestS * SPEECH_RATE_HZ) nonsense('far too many samples');
  // Written so that a sample that is no number fails it.
  if (!pcm16k.every((sample) => Math.abs(sample) <= LOUDEST)) nonsense('samples that are no sound');
}

function nonsense(what: string): never {
  throw new SegueError('SPEECH_UNAVAILABLE', `The engine answered ${what}.`);
}
