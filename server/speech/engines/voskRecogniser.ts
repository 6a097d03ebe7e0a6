import { SPEECH_RATE_HZ } from '../../../shared/audio.ts';
import type { Recognition } from '../stt.ts';
import type { Pointer, VoskLibrary } from './voskLibrary.ts';
import { readSpotted, readVoskResult } from './voskResult.ts';
import { VoskSpotter } from './voskSpotter.ts';

const ALTERNATIVES = 8;
const INT16_SCALE = 32_768;
/** Silence that pushes the last words through the network, whose steps and look-ahead are some 300 ms. */
const TAIL_SAMPLES = 0.4 * SPEECH_RATE_HZ;
/** Silence that a fresh recogniser hears first: without it the first word is often lost (WER 23 % → 20 %). */
const HEAD_SAMPLES = SPEECH_RATE_HZ;
const PARTIAL_EVERY_SAMPLES = SPEECH_RATE_HZ / 10;

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
  readonly #recogniser: Pointer;
  readonly #spotter: VoskSpotter | null;
  /** Samples heard since the recogniser was made, and at the running segment's start. */
  #heard = 0;
  #segmentFrom = 0;
  #sincePartial = 0;
  #partial = '';

  /** `spot`: phrases that short speech is compared with. */
  constructor(vosk: VoskLibrary, model: Pointer, spot: readonly string[] = []) {
    const recogniser = vosk.newRecogniser(model, SPEECH_RATE_HZ);
    if (!recogniser) throw new Error('libvosk could not make a recogniser.');
    this.#vosk = vosk;
    this.#recogniser = recogniser;
    vosk.setWords(recogniser, 1);
    vosk.setMaxAlternatives(recogniser, ALTERNATIVES);
    this.#accept(room);
    vosk.result(recogniser);
    this.#segmentFrom = this.#heard;
    this.#spotter = openSpotter(vosk, model, spot);
  }

  /** The new text so far, or null when it has not changed; `spot`: this segment may be one of the phrases. */
  write(pcm16k: Float32Array, spot = false): string | null {
    for (let i = 0; i < pcm16k.length; i++) {
      pcm16k[i] = (pcm16k[i] as number) * INT16_SCALE + (room[(this.#heard + i) % room.length] as number);
    }
    this.#accept(pcm16k);
    this.#spotter?.accept(pcm16k, spot);
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
    const spotted = this.#spotter?.finish() ?? null;
    if (spotted !== null) recognition.spotted = readSpotted(spotted, json);
    this.#segmentFrom = this.#heard;
    this.#sincePartial = 0;
    this.#partial = '';
    return recognition;
  }

  close(): void {
    this.#spotter?.close();
    this.#vosk.freeRecogniser(this.#recogniser);
  }

  #accept(scaled: Float32Array): void {
    if (this.#vosk.accept(this.#recogniser, scaled, scaled.length) < 0) throw new Error('libvosk failed.');
    this.#heard += scaled.length;
  }
}

/** Null without phrases that the model knows, and where its graph is fixed. */
function openSpotter(vosk: VoskLibrary, model: Pointer, spot: readonly string[]): VoskSpotter | null {
  const known = spot.filter((phrase) => phrase.split(' ').every((word) => vosk.findWord(model, word) >= 0));
  if (known.length === 0) return null;
  const recogniser = vosk.newSpotter(model, SPEECH_RATE_HZ, JSON.stringify(known));
  return recogniser
    ? new VoskSpotter(vosk, recogniser, { head: room, tail: room.subarray(0, TAIL_SAMPLES) })
    : null;
}
