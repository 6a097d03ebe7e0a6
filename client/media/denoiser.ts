import { processorUrl, wasmUrl } from 'segue:denoiser-files';
import { RnnoiseWorkletNode } from '@sapphi-red/web-noise-suppressor';
import { hasSound, untilSound } from './firstSound.ts';

/** RNNoise knows no other rate. */
const RATE_HZ = 48_000;
/** The header of a module and nothing else: a page that forbids WebAssembly refuses this one, too. */
const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/**
 * RNNoise (J.-M. Valin, "A Hybrid DSP/Deep Learning Approach to Real-Time Full-Band Speech Enhancement", 2018) between
 * the microphone and everything that hears it. What it makes comes some 30 ms later.
 */
export class Denoiser {
  /** What remains of the microphone's sound. */
  readonly track: MediaStreamTrack;
  readonly #context: AudioContext;
  readonly #node: RnnoiseWorkletNode;
  #source: MediaStreamAudioSourceNode;

  private constructor(
    context: AudioContext,
    source: MediaStreamAudioSourceNode,
    node: RnnoiseWorkletNode,
    track: MediaStreamTrack,
  ) {
    this.#context = context;
    this.#source = source;
    this.#node = node;
    this.track = track;
  }

  /**
   * Resolves when the first sound has come through it. Rejects where the page or the browser does not let it run; until
   * then, and then, the microphone is as it was.
   */
  static async open(microphone: MediaStreamTrack): Promise<Denoiser> {
    await WebAssembly.compile(EMPTY_MODULE);
    const context = new AudioContext({ sampleRate: RATE_HZ, latencyHint: 'interactive' });
    try {
      const [wasmBinary] = await Promise.all([
        fetchWasm(wasmUrl),
        context.audioWorklet.addModule(processorUrl),
      ]);
      const source = context.createMediaStreamSource(new MediaStream([microphone]));
      const node = new RnnoiseWorkletNode(context, { wasmBinary, maxChannels: 1 });
      node.channelCount = 1;
      node.channelCountMode = 'explicit';
      const destination = context.createMediaStreamDestination();
      destination.channelCount = 1;
      source.connect(node).connect(destination);
      const [track] = destination.stream.getAudioTracks();
      if (!track) throw new DOMException('The stream has no audio track.', 'NotFoundError');
      await proven(context, source, node);
      return new Denoiser(context, source, node, track);
    } catch (error) {
      void context.close();
      throw error;
    }
  }

  /** Another microphone in place of the one that is gone. */
  replace(microphone: MediaStreamTrack): void {
    this.#source.disconnect();
    this.#source = this.#context.createMediaStreamSource(new MediaStream([microphone]));
    this.#source.connect(this.#node);
  }

  /** While nobody is to be heard it costs nothing. */
  rest(resting: boolean): void {
    const { state } = this.#context;
    if (state === 'closed') return;
    (resting ? this.#context.suspend() : this.#context.resume()).catch(() => {});
  }

  /** The microphone stays open. */
  close(): void {
    this.#source.disconnect();
    this.#node.destroy();
    this.track.stop();
    void this.#context.close();
  }
}

async function fetchWasm(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url, { credentials: 'omit' });
  if (!response.ok) throw new Error(`RNNoise: ${response.status}`);
  return await response.arrayBuffer();
}

/** The worklet does not tell when it could not begin: it is silent then, although the microphone is not. */
async function proven(context: AudioContext, source: AudioNode, node: AudioNode): Promise<void> {
  const [heard, made] = [new AnalyserNode(context), new AnalyserNode(context)];
  source.connect(heard);
  node.connect(made);
  try {
    await untilSound(() => ({ heard: hasSound(heard), made: hasSound(made) }));
  } finally {
    source.disconnect(heard);
    node.disconnect(made);
  }
}
