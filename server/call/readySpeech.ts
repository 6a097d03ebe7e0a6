import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import type { SpeechKey } from '../../shared/strings/speech/keys.ts';
import { speechPhrases } from '../../shared/strings/speech/speech.ts';
import type { TtsEngine } from '../speech/tts.ts';

/** What may have to be said when no engine can say it. */
const READY_KEYS = [
  'waitPlease',
  'stillOnIt',
  'cannotHear',
  'cannotSpeak',
  'ourFault',
  'ourFaultCallBack',
] as const satisfies readonly SpeechKey[];
export type ReadyKey = (typeof READY_KEYS)[number];

/** A few sentences of the assistant as samples, made in advance, so that they need no engine when they are needed. */
export class ReadySpeech {
  readonly #tts: TtsEngine;
  readonly #spoken = new Map<string, Promise<Float32Array | null>>();

  constructor(tts: TtsEngine) {
    this.#tts = tts;
  }

  /** Makes them in a language and voice; some 2 MB. What cannot be made is tried again the next time. */
  async make(language: string, voice?: string): Promise<void> {
    await Promise.all(READY_KEYS.map((key) => this.#make(key, language, voice)));
  }

  /** The sentence, and its sound: a tone where it was never made. */
  async get(
    key: ReadyKey,
    language: string,
    voice?: string,
  ): Promise<{ text: string; pcm16k: Float32Array }> {
    const spoken = await this.#spoken.get(nameOf(key, language, voice));
    return { text: readyText(key, language), pcm16k: spoken ?? tone() };
  }

  #make(key: ReadyKey, language: string, voice: string | undefined): Promise<Float32Array | null> {
    const name = nameOf(key, language, voice);
    const known = this.#spoken.get(name);
    if (known) return known;
    const making = this.#tts
      .synthesise(readyText(key, language), { language, ...(voice === undefined ? {} : { voice }) })
      .then(
        ({ pcm16k }) => pcm16k,
        () => {
          this.#spoken.delete(name);
          return null;
        },
      );
    this.#spoken.set(name, making);
    return making;
  }
}

function nameOf(key: ReadyKey, language: string, voice: string | undefined): string {
  return JSON.stringify([key, language, voice ?? null]);
}

export function readyText(key: ReadyKey, language: string): string {
  return speechPhrases(language)[key][0] ?? '';
}

const TONE_MS = 160;
const TONE_PAUSE_MS = 80;
const TONES_HZ = [523, 659];

/** Two soft notes: the line lives, and somebody knows. */
export function tone(): Float32Array {
  const note = (SPEECH_RATE_HZ * TONE_MS) / 1000;
  const step = note + (SPEECH_RATE_HZ * TONE_PAUSE_MS) / 1000;
  const pcm16k = new Float32Array(step * TONES_HZ.length);
  TONES_HZ.forEach((hz, index) => {
    for (let at = 0; at < note; at += 1) {
      const swell = Math.sin((Math.PI * at) / note);
      pcm16k[index * step + at] = 0.1 * swell * Math.sin((2 * Math.PI * hz * at) / SPEECH_RATE_HZ);
    }
  });
  return pcm16k;
}
