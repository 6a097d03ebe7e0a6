import type { Recognition } from '../stt.ts';
import { memoryTrimmer, type Pointer, type VoskLibrary } from './voskLibrary.ts';
import { VoskRecogniser } from './voskRecogniser.ts';

export type VoskJob =
  | { type: 'open'; stream: number; spot: readonly string[] }
  | { type: 'audio'; stream: number; pcm16k: Float32Array; spot: boolean }
  | { type: 'flush'; stream: number }
  | { type: 'close'; stream: number };
export type VoskAnswer =
  | { type: 'heard'; stream: number; samples: number; partial: string | null }
  /** One for every flush, in order. */
  | { type: 'final'; stream: number; recognition: Recognition }
  | { type: 'failed'; stream: number; detail: string };

type Step = { pcm16k: Float32Array; spot: boolean } | 'flush';
/** The recogniser is made at the first sound, because most of its cost is there: a call may end without any. */
type Stream = { recogniser: VoskRecogniser | null; spot: readonly string[]; steps: Step[]; flushes: number };

/**
 * The recognisers of some calls, in turns. A step is one piece of audio or one flush; who waits for a flush goes first,
 * the others take turns, and messages are received between steps.
 */
export class VoskLane {
  readonly #vosk: VoskLibrary;
  readonly #model: Pointer;
  readonly #answer: (message: VoskAnswer) => void;
  readonly #streams = new Map<number, Stream>();
  readonly #trimMemory = memoryTrimmer();
  #scheduled = false;

  constructor(vosk: VoskLibrary, model: Pointer, answer: (message: VoskAnswer) => void) {
    this.#vosk = vosk;
    this.#model = model;
    this.#answer = answer;
  }

  take(job: VoskJob): void {
    const stream = this.#streams.get(job.stream);
    if (job.type === 'open') {
      this.#streams.set(job.stream, { recogniser: null, spot: job.spot, steps: [], flushes: 0 });
    } else if (job.type === 'close') this.#close(job.stream);
    else if (job.type === 'audio') stream?.steps.push(job);
    else if (stream) {
      stream.flushes++;
      stream.steps.push('flush');
    } else {
      this.#answer({ type: 'failed', stream: job.stream, detail: 'The stream is closed.' });
    }
    this.#schedule();
  }

  /** The stream whose turn it is; it goes to the end of the line. */
  #nextStream(): [number, Stream] | null {
    const waiting = [...this.#streams].filter(([, { steps }]) => steps.length > 0);
    const next = waiting.find(([, { flushes }]) => flushes > 0) ?? waiting[0];
    if (!next) return null;
    this.#streams.delete(next[0]);
    this.#streams.set(...next);
    return next;
  }

  #work(): void {
    this.#scheduled = false;
    const next = this.#nextStream();
    if (!next) return;
    const [id, stream] = next;
    try {
      this.#step(id, stream, stream.steps.shift() as Step);
    } catch (error) {
      this.#close(id);
      this.#answer({ type: 'failed', stream: id, detail: String(error) });
    }
    this.#schedule();
  }

  #step(id: number, stream: Stream, step: Step): void {
    stream.recogniser ??= new VoskRecogniser(this.#vosk, this.#model, stream.spot);
    if (step === 'flush') {
      stream.flushes--;
      this.#answer({ type: 'final', stream: id, recognition: stream.recogniser.finish() });
    } else {
      const { pcm16k, spot } = step;
      const samples = pcm16k.length;
      this.#answer({ type: 'heard', stream: id, samples, partial: stream.recogniser.write(pcm16k, spot) });
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#work());
  }

  #close(id: number): void {
    this.#streams.get(id)?.recogniser?.close();
    this.#streams.delete(id);
    // A recogniser leaves some 30 MB; between calls nobody waits for the few milliseconds that this takes.
    if (this.#streams.size === 0) this.#trimMemory();
  }
}
