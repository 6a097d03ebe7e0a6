import { processorUrl, wasmUrl } from 'segue:denoiser-files';
import { RnnoiseWorkletNode } from '@sapphi-red/web-noise-suppressor';
import { hasSound, untilSound } from './firstSound.ts';
import { watchWaking } from './waking.ts';

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
  readonly #stopWaking: () => void;
  #source: MediaStreamAudioSourceNode;
  #resting = false;

  private constructor(context: AudioContext, node: RnnoiseWorkletNode, microphone: MediaStreamTrack) {
    this.#context = context;
    this.#node = node;
    this.#source = context.createMediaStreamSource(new MediaStream([microphone]));
    node.channelCount = 1;
    node.channelCountMode = 'explicit';
    const destination = context.createMediaStreamDestination();
    destination.channelCount = 1;
    this.#source.connect(node).connect(destination);
    this.track = destination.stream.getAudioTracks()[0] as MediaStreamTrack;
    context.addEventListener('statechange', this.#wake);
    this.#stopWaking = watchWaking(this.#wake);
  }

  /**
   * Resolves when the first sound has come through it. Rejects where the page or the browser does not let it run, and when
   * the microphone ends before; until then, and then, the microphone is as it was.
   */
  static async open(microphone: MediaStreamTrack): Promise<Denoiser> {
    await WebAssembly.compile(EMPTY_MODULE);
    const context = new AudioContext({ sampleRate: RATE_HZ, latencyHint: 'interactive' });
    let denoiser: Denoiser | null = null;
    try {
      const [wasmBinary] = await Promise.all([
        fetchWasm(wasmUrl),
        context.audioWorklet.addModule(processorUrl),
      ]);
      const node = new RnnoiseWorkletNode(context, { wasmBinary, maxChannels: 1 });
      denoiser = new Denoiser(context, node, microphone);
      await denoiser.#prove(microphone);
      return denoiser;
    } catch (error) {
      if (denoiser) denoiser.close();
      else void context.close();
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
    this.#resting = resting;
    if (resting) this.#context.suspend().catch(() => {});
    else this.#wake();
  }

  /** The microphone stays open. */
  close(): void {
    this.#resting = true;
    this.#stopWaking();
    this.#source.disconnect();
    this.#node.destroy();
    this.track.stop();
    void this.#context.close();
  }

  /** The worklet does not tell when it could not begin: it is silent then, although the microphone is not. */
  async #prove(microphone: MediaStreamTrack): Promise<void> {
    const [heard, made] = [new AnalyserNode(this.#context), new AnalyserNode(this.#context)];
    this.#source.connect(heard);
    this.#node.connect(made);
    try {
      await untilSound(() => ({
        heard: hasSound(heard),
        made: hasSound(made),
        ended: microphone.readyState === 'ended',
      }));
    } finally {
      this.#source.disconnect(heard);
      this.#node.disconnect(made);
    }
  }

  /** Put to sleep by the browser, or by a phone call on iOS, it would send silence. */
  readonly #wake = (): void => {
    const { state } = this.#context;
    if (!this.#resting && state !== 'running' && state !== 'closed') this.#context.resume().catch(() => {});
  };
}

async function fetchWasm(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url, { credentials: 'omit' });
  if (!response.ok) throw new Error(`RNNoise: ${response.status}`);
  return await response.arrayBuffer();
}
