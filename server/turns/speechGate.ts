import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import { VAD_WINDOW_SAMPLES } from '../speech/vad.ts';

/** One window of the voice-activity detector, in milliseconds. */
export const WINDOW_MS = (VAD_WINDOW_SAMPLES / SPEECH_RATE_HZ) * 1000;

/** Sure of speech, and sure of its end: the pair that Silero's authors use. */
export const ON = 0.5;
const OFF = 0.35;

/** Windows of speech in a row that are believed: about 96 ms, longer than a click. */
const WINDOWS_TO_BELIEVE = 3;

/** Silence after which speech counts as ended for now. */
const PAUSE_MS = 6 * WINDOW_MS;

export type GateChange = { type: 'start'; atMs: number } | { type: 'end'; atMs: number } | null;

/** Speech or not, from the probabilities of consecutive windows, with hysteresis. Times are the windows' own. */
export class SpeechGate {
  #open = false;
  #run = 0;
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

  /** `endMs`: media time at the end of this window. */
  push(probability: number, endMs: number): GateChange {
    if (probability >= ON) {
      this.#run += 1;
      if (this.#open) this.#lastSpeechMs = endMs;
      if (this.#open || this.#run < WINDOWS_TO_BELIEVE) return null;
      this.#open = true;
      this.#startMs = endMs - this.#run * WINDOW_MS;
      this.#lastSpeechMs = endMs;
      return { type: 'start', atMs: this.#startMs };
    }
    this.#run = 0;
    if (!this.#open || probability >= OFF || this.silenceMs(endMs) < PAUSE_MS) return null;
    this.#open = false;
    return { type: 'end', atMs: this.#lastSpeechMs };
  }
}
