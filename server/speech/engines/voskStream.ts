import { SPEECH_RATE_HZ } from '../../../shared/audio.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { Recognition, SttStream } from '../stt.ts';
import type { VoskAnswer, VoskJob } from './voskLane.ts';

/** Where a stream's work is done. */
export type VoskJobs = { readonly up: boolean; post(job: VoskJob): void };

/** Audio goes to the recogniser in pieces of 80 ms. */
const PIECE_SAMPLES = 0.08 * SPEECH_RATE_HZ;
/** Audio that is not worked off: beyond this more is dropped, so that an overload does not grow. */
const MAX_BEHIND_SAMPLES = 10 * SPEECH_RATE_HZ;

type Waiting = { resolve: (recognition: Recognition) => void; reject: (error: SegueError) => void };

/** Our end of one recogniser. After that was lost it begins anew with the next audio. */
export class VoskStream implements SttStream {
  readonly #id: number;
  readonly #jobs: VoskJobs;
  readonly #spot: readonly string[];
  readonly #onClose: () => void;
  readonly #waiting: Waiting[] = [];
  #listener: (text: string) => void = () => {};
  #onLost: (error: SegueError) => void = () => {};
  #piece = new Float32Array(PIECE_SAMPLES);
  #filled = 0;
  #behind = 0;
  #open = false;
  #spotting = false;
  #closed = false;

  constructor(id: number, jobs: VoskJobs, spot: readonly string[], onClose: () => void) {
    this.#id = id;
    this.#jobs = jobs;
    this.#spot = spot;
    this.#onClose = onClose;
    this.#ensureOpen();
  }

  write(pcm16k: Float32Array): void {
    if (this.#closed) return;
    let from = 0;
    while (from < pcm16k.length) {
      const part = pcm16k.subarray(from, from + PIECE_SAMPLES - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      from += part.length;
      if (this.#filled === PIECE_SAMPLES) this.#sendPiece();
    }
  }

  async flush(): Promise<Recognition> {
    if (this.#closed) throw new SegueError('SPEECH_UNAVAILABLE', 'The stream is closed.');
    this.#sendPiece();
    if (!this.#ensureOpen()) throw new SegueError('SPEECH_UNAVAILABLE', 'Vosk is being started again.');
    const { promise, resolve, reject } = Promise.withResolvers<Recognition>();
    this.#waiting.push({ resolve, reject });
    this.#jobs.post({ type: 'flush', stream: this.#id });
    return promise;
  }

  get behindMs(): number {
    return (this.#behind * 1000) / SPEECH_RATE_HZ;
  }

  /** Something was sent that is not answered. */
  get busy(): boolean {
    return this.#open && (this.#behind > 0 || this.#waiting.length > 0);
  }

  spotting(on: boolean): void {
    this.#spotting = on;
  }

  onPartial(listener: (text: string) => void): void {
    this.#listener = listener;
  }

  onLost(listener: (error: SegueError) => void): void {
    this.#onLost = listener;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#open) this.#jobs.post({ type: 'close', stream: this.#id });
    this.#forget(new SegueError('SPEECH_UNAVAILABLE', 'The stream was closed.'));
    this.#onClose();
  }

  /** An answer of the thread for this stream. */
  answered(answer: VoskAnswer): void {
    if (this.#closed) return;
    if (answer.type === 'heard') {
      this.#behind -= answer.samples;
      if (answer.partial !== null) this.#listener(answer.partial);
    } else if (answer.type === 'final') {
      this.#waiting.shift()?.resolve(answer.recognition);
    } else {
      this.lost(new SegueError('SPEECH_UNAVAILABLE', `Vosk: ${answer.detail}`));
    }
  }

  /** The recogniser is gone; what was asked of it is not answered. */
  lost(error: SegueError): void {
    this.#forget(error);
    if (!this.#closed) this.#onLost(error);
  }

  #forget(error: SegueError): void {
    this.#open = false;
    this.#behind = 0;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #ensureOpen(): boolean {
    if (this.#open || !this.#jobs.up) return this.#open;
    this.#open = true;
    this.#jobs.post({ type: 'open', stream: this.#id, spot: this.#spot });
    return true;
  }

  #sendPiece(): void {
    const pcm16k = this.#piece.subarray(0, this.#filled);
    this.#filled = 0;
    if (pcm16k.length === 0 || this.#behind > MAX_BEHIND_SAMPLES || !this.#ensureOpen()) return;
    this.#behind += pcm16k.length;
    this.#piece = new Float32Array(PIECE_SAMPLES);
    this.#jobs.post({ type: 'audio', stream: this.#id, pcm16k, spot: this.#spotting });
  }
}
