import { watchWaking } from './waking.ts';

/**
 * The rate of the ears, so that the browser resamples natively, and as much sound at once as they judge, 32 ms: with the
 * browser's own choice (3 ms at 48 kHz) an idle call costs a page five times as much.
 */
const EARS: AudioContextOptions = { sampleRate: 16_000, latencyHint: 0.03 };

/**
 * What the page itself hears of the microphone: a copy of its track, so that a muted caller is heard too, in an audio
 * context that is woken when the browser puts it to sleep. The microphone may be replaced during the call.
 */
export class MicrophoneTap {
  readonly context: AudioContext;
  readonly #sinks = new Set<AudioNode>();
  readonly #stopWaking: () => void;
  #track!: MediaStreamTrack;
  #source: MediaStreamAudioSourceNode | null = null;

  constructor(microphone: MediaStreamTrack) {
    this.context = new AudioContext(EARS);
    try {
      this.replace(microphone);
    } catch {
      // Firefox connects a microphone only to a context of its own rate; there the ears resample by themselves.
      void this.context.close();
      this.context = new AudioContext();
      this.replace(microphone);
    }
    this.context.addEventListener('statechange', this.#wake);
    this.#stopWaking = watchWaking(this.#wake);
  }

  /** The returned function disconnects. */
  connect(node: AudioNode): () => void {
    this.#sinks.add(node);
    this.#source?.connect(node);
    return () => {
      if (this.#sinks.delete(node)) this.#source?.disconnect(node);
    };
  }

  replace(microphone: MediaStreamTrack): void {
    this.#source?.disconnect();
    this.#track?.stop();
    this.#track = microphone.clone();
    // The clone of a muted microphone is silent otherwise.
    this.#track.enabled = true;
    this.#source = this.context.createMediaStreamSource(new MediaStream([this.#track]));
    for (const sink of this.#sinks) this.#source.connect(sink);
  }

  close(): void {
    this.#stopWaking();
    this.#source?.disconnect();
    this.#sinks.clear();
    this.#track.stop();
    void this.context.close();
  }

  /** Suspended before a gesture, or "interrupted" by a phone call on iOS; a refusal waits for the next occasion. */
  readonly #wake = (): void => {
    const { state } = this.context;
    if (state !== 'running' && state !== 'closed') this.context.resume().catch(() => {});
  };
}
