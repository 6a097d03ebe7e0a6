import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import { VAD_WINDOW_SAMPLES } from '../speech/vad.ts';

/** One window of the voice-activity detector, in milliseconds. */
export const WINDOW_MS = (VAD_WINDOW_SAMPLES / SPEECH_RATE_HZ) * 1000;

/** Sure of speech, and sure of its end: the pair that Silero's authors use. */
export const ON = 0.5;
const OFF = 0.35;

/** Windows of speech in a row that are believed: about 96 ms, longer than a click. */
const WINDOWS_TO_BELIEVE = 3;

/** Silence after which speech counts as ended for now: longer than the closures inside of words. */
const PAUSE_MS = 6 * WINDOW_MS;

/**
 * The voice has ceased: one window that surely is no speech, or so many doubtful ones in a row. Found on real recordings
 * with noise (`npm run bench -- --only vad`): half of all ends are noticed within 110 ms, as Silero itself takes 80 ms
 * to fall under 0.5. A closure inside of a word is quiet, too, so what costs something waits for `end`.
 */
const DOUBTFUL = 0.6;
const DOUBTFUL_WINDOWS = 2;

/**
 * `start`: speech, believed. `quiet`: the voice has ceased, perhaps only for a moment; then either `again` or `end`.
 * `end`: a pause. `atMs` is when the sound itself began or ceased.
 */
export type GateChange = { type: 'start' | 'quiet' | 'again' | 'end'; atMs: number } | null;

/** Speech or not, from the probabilities of consecutive windows, with hysteresis. Times are the windows' own. */
export class SpeechGate {
  #open = false;
  #quiet = false;
  /** Windows in a row that are sure of speech, and that are doubtful. */
  #run = 0;
  #doubtful = 0;
  #startMs = 0;
  /** End of the last window that was surely speech. */
  #lastSpeechMs = 0;

  get open(): boolean {
    return this.#open;
  }

  get startMs(): number {
    return this.#startMs;
  }

  /** How long sure speech has lasted, doubtful windows at its end left out; 0 in silence. */
  get speechMs(): number {
    return this.#open ? this.#lastSpeechMs - this.#startMs : 0;
  }

  /** Silence since the last sure speech. */
  silenceMs(nowMs: number): number {
    return nowMs - this.#lastSpeechMs;
  }

  /** Whether the voice is heard right now: closes sooner than `open`. */
  get voiced(): boolean {
    return this.#open && !this.#quiet;
  }

  /** `endMs`: media time at the end of this window. */
  push(probability: number, endMs: number): GateChange {
    this.#run = probability >= ON ? this.#run + 1 : 0;
    this.#doubtful = probability < DOUBTFUL ? this.#doubtful + 1 : 0;
    if (!this.#open) return this.#run < WINDOWS_TO_BELIEVE ? null : this.#begin(endMs);
    if (probability >= ON) this.#lastSpeechMs = endMs;
    if (this.#quiet && probability >= DOUBTFUL) {
      this.#quiet = false;
      return { type: 'again', atMs: endMs - WINDOW_MS };
    }
    if (!this.#quiet && (probability < OFF || this.#doubtful >= DOUBTFUL_WINDOWS)) {
      this.#quiet = true;
      return { type: 'quiet', atMs: this.#lastSpeechMs };
    }
    if (probability >= OFF || this.silenceMs(endMs) < PAUSE_MS) return null;
    this.#open = false;
    return { type: 'end', atMs: this.#lastSpeechMs };
  }

  #begin(endMs: number): GateChange {
    this.#open = true;
    this.#quiet = false;
    this.#startMs = endMs - this.#run * WINDOW_MS;
    this.#lastSpeechMs = endMs;
    return { type: 'start', atMs: this.#startMs };
  }
}
