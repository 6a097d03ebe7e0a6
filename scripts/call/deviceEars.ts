import { SpeechGate } from '../../client/hearing/speechGate.ts';
import { VAD_WINDOW_SAMPLES, type VadEngine, type VadStream } from '../../server/speech/vad.ts';
import type { Clock } from '../../shared/clock.ts';
import type { SpeechHint } from '../../shared/events.ts';

/** What the widget's ears tell the server: the same gate over the same network, window by window of the microphone. */
export class DeviceEars {
  readonly #gate = new SpeechGate();
  readonly #stream: VadStream;
  readonly #clock: Clock;
  readonly #send: (hint: SpeechHint) => void;
  #window = new Float32Array(VAD_WINDOW_SAMPLES);
  #filled = 0;

  private constructor(stream: VadStream, clock: Clock, send: (hint: SpeechHint) => void) {
    this.#stream = stream;
    this.#clock = clock;
    this.#send = send;
  }

  static async open(vad: VadEngine, clock: Clock, send: (hint: SpeechHint) => void): Promise<DeviceEars> {
    return new DeviceEars(await vad.open(), clock, send);
  }

  /** The assistant's own voice asks for more certainty. */
  set assistantTalks(talks: boolean) {
    this.#gate.assistantTalks = talks;
  }

  /** Samples of the microphone, in order. */
  hear(pcm16k: Float32Array): void {
    for (let at = 0; at < pcm16k.length; ) {
      const taken = Math.min(VAD_WINDOW_SAMPLES - this.#filled, pcm16k.length - at);
      this.#window.set(pcm16k.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === VAD_WINDOW_SAMPLES) this.#judge();
    }
  }

  close(): void {
    this.#stream.close();
  }

  #judge(): void {
    const window = this.#window;
    this.#window = new Float32Array(VAD_WINDOW_SAMPLES);
    this.#filled = 0;
    this.#stream.process(window).then(
      (probability) => {
        const speech = this.#gate.update({ engine: 'silero', probability });
        if (speech) this.#send({ ...speech, atMs: Math.round(this.#clock.nowMs()) });
      },
      () => {},
    );
  }
}
