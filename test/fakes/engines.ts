import type { Recognition, SttEngine, SttStream } from '../../server/speech/stt.ts';
import type { SpokenAudio, TtsEngine } from '../../server/speech/tts.ts';
import { SegueError } from '../../shared/errors.ts';
import { babble } from './voice.ts';

export type Fault = 'none' | 'stalls' | 'throws' | 'nonsense' | 'silent' | 'endless';

const broken = () => new SegueError('SPEECH_UNAVAILABLE', 'broken');
const never = <Value>(): Promise<Value> => new Promise(() => {});

/** An engine that hears how many samples it got, and has the faults that it is told to have. */
export class FaultyStt implements SttEngine {
  readonly name: string;
  readonly languages = ['en'];
  fault: Fault = 'none';
  /** Whether it lets streams be opened. */
  opens = true;
  readonly streams: FaultyStream[] = [];

  constructor(name = 'faulty') {
    this.name = name;
  }

  async open(): Promise<SttStream> {
    if (!this.opens) throw broken();
    const stream = new FaultyStream(this);
    this.streams.push(stream);
    return stream;
  }

  /** As when a process dies: nothing that was asked is answered. */
  die(): void {
    for (const stream of this.streams.splice(0)) stream.die();
  }

  async close(): Promise<void> {}
}

class FaultyStream implements SttStream {
  readonly #engine: FaultyStt;
  #samples = 0;
  #waiting: ((error: SegueError) => void)[] = [];
  #onLost: (error: SegueError) => void = () => {};
  #onPartial: (text: string) => void = () => {};

  constructor(engine: FaultyStt) {
    this.#engine = engine;
  }

  write(pcm16k: Float32Array): void {
    this.#samples += pcm16k.length;
    this.#onPartial(`so far ${this.#samples}`);
    pcm16k.fill(Number.NaN);
  }

  async flush(): Promise<Recognition> {
    const text = this.#samples === 0 ? '' : `heard ${this.#samples}`;
    this.#samples = 0;
    if (this.#engine.fault === 'throws') throw broken();
    if (this.#engine.fault === 'stalls') {
      return await new Promise((_, reject) => this.#waiting.push(reject));
    }
    if (this.#engine.fault === 'nonsense') return { text: 'x'.repeat(1e6) } as Recognition;
    return { text, confidence: text === '' ? 0 : 1, words: [], alternatives: [] };
  }

  onPartial(listener: (text: string) => void): void {
    this.#onPartial = listener;
  }

  onLost(listener: (error: SegueError) => void): void {
    this.#onLost = listener;
  }

  die(): void {
    for (const reject of this.#waiting.splice(0)) reject(broken());
    this.#onLost(broken());
  }

  close(): void {}
}

/** A voice of 600 ms for everything, with the faults that it is told to have. */
export class FaultyTts implements TtsEngine {
  readonly name: string;
  readonly languages = ['en'];
  readonly voices = ['one'];
  fault: Fault = 'none';
  readonly asked: string[] = [];

  constructor(name = 'faulty') {
    this.name = name;
  }

  async synthesise(text: string): Promise<SpokenAudio> {
    this.asked.push(text);
    if (this.fault === 'stalls') return await never();
    if (this.fault === 'throws') throw broken();
    if (this.fault === 'nonsense') return { pcm16k: new Float32Array(16_000).fill(Number.NaN) };
    if (this.fault === 'silent') return { pcm16k: new Float32Array() };
    if (this.fault === 'endless') return { pcm16k: new Float32Array(16_000 * 600) };
    return { pcm16k: babble(30) };
  }

  async close(): Promise<void> {}
}
