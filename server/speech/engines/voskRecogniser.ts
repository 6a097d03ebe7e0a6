import { SPEECH_RATE_HZ } from '../../../shared/audio.ts';
import type { Recognition } from '../stt.ts';
import type { Pointer, VoskLibrary } from './voskLibrary.ts';
import { readVoskResult } from './voskResult.ts';

const ALTERNATIVES = 8;
const INT16_SCALE = 32_768;
/** Silence that pushes the last words through the network, whose steps and look-ahead are some 300 ms. */
const TAIL_SAMPLES = 0.4 * SPEECH_RATE_HZ;
/** Silence that a fresh recogniser hears first: without it the first word is often lost (WER 23 % → 20 %). */
const HEAD_SAMPLES = SPEECH_RATE_HZ;
const PARTIAL_EVERY_SAMPLES = SPEECH_RATE_HZ / 10;
/** Below this mean confidence of several words the voice model may have followed a wrong voice. */
const DOUBTFUL = 0.45;
const DOUBTFUL_WORDS = 3;

/**
 * Quiet noise (peaks of −66 dBFS), as in a room. It is added to all audio, too: the digital silence between packets is
 * unlike anything that the model was trained on and nearly doubles the word errors.
 */
const room = (() => {
  const samples = new Float32Array(HEAD_SAMPLES);
  let state = 1;
  for (let i = 0; i < samples.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    samples[i] = (state / 2 ** 32 - 0.5) * 0.001 * INT16_SCALE;
  }
  return samples;
})();

/**
 * One caller's recogniser. It lives through the segments of a call, because its voice model (i-vectors) learns the
 * caller: word errors fall by half after the first sentences. For that a segment ends by silence and `result`;
 * `final_result` would begin anew.
 */
export class VoskRecogniser {
  readonly #vosk: VoskLibrary;
  readonly #model: Pointer;
  #recogniser: Pointer;
  /** Samples heard since the recogniser was made, and at the running segment's start. */
  #heard = 0;
  #segmentFrom = 0;
  #sincePartial = 0;
  #partial = '';
  #doubted = false;

  constructor(vosk: VoskLibrary, model: Pointer) {
    this.#vosk = vosk;
    this.#model = model;
    this.#recogniser = this.#fresh();
  }

  /** The new text so far, or null when it has not changed. */
  write(pcm16k: Float32Array): string | null {
    for (let i = 0; i < pcm16k.length; i++) {
      pcm16k[i] = (pcm16k[i] as number) * INT16_SCALE + (room[i % room.length] as number);
    }
    this.#accept(pcm16k);
    this.#sincePartial += pcm16k.length;
    if (this.#sincePartial < PARTIAL_EVERY_SAMPLES) return null;
    this.#sincePartial = 0;
    const { partial = '' } = JSON.parse(this.#vosk.partialResult(this.#recogniser)) as { partial?: string };
    if (partial === this.#partial) return null;
    this.#partial = partial;
    return partial;
  }

  /** What the segment says; the next `write` begins another one. */
  finish(): Recognition {
    if (this.#heard === this.#segmentFrom) return { text: '', confidence: 0, words: [], alternatives: [] };
    this.#accept(room.subarray(0, TAIL_SAMPLES));
    const json = this.#vosk.result(this.#recogniser);
    const recognition = readVoskResult(json, this.#segmentFrom / SPEECH_RATE_HZ);
    this.#segmentFrom = this.#heard;
    this.#sincePartial = 0;
    this.#partial = '';
    return recognition;
  }

  /** To be called after `finish`, when there is time: forgets a voice that two segments in a row did not fit. */
  relearn(last: Recognition): void {
    if (last.words.length < DOUBTFUL_WORDS) return;
    const doubtful = last.confidence < DOUBTFUL;
    if (doubtful && this.#doubted) {
      this.close();
      this.#recogniser = this.#fresh();
    }
    this.#doubted = doubtful && !this.#doubted;
  }

  close(): void {
    this.#vosk.freeRecogniser(this.#recogniser);
  }

  #fresh(): Pointer {
    const recogniser = this.#vosk.newRecogniser(this.#model, SPEECH_RATE_HZ);
    if (!recogniser) throw new Error('libvosk could not make a recogniser.');
    this.#vosk.setWords(recogniser, 1);
    this.#vosk.setMaxAlternatives(recogniser, ALTERNATIVES);
    this.#recogniser = recogniser;
    this.#heard = 0;
    this.#accept(room);
    this.#vosk.result(recogniser);
    this.#segmentFrom = this.#heard;
    return recogniser;
  }

  #accept(scaled: Float32Array): void {
    if (this.#vosk.accept(this.#recogniser, scaled, scaled.length) < 0) throw new Error('libvosk failed.');
    this.#heard += scaled.length;
  }
}
