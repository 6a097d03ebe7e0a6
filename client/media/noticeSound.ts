const LOUDNESS = 0.5;
const FADE_S = 0.03;
/** Two soft tones, a fifth apart, where there is no voice: frequency in Hz and when it begins, in seconds. */
const TONES = [
  [523, 0],
  [349, 0.28],
] as const;
const TONE_S = 0.24;
const TONE_LOUDNESS = 0.12;

/**
 * A short notice that the page can play while nothing comes from the server: a file that was fetched before, else two
 * tones.
 */
export class NoticeSound {
  readonly #context: AudioContext;
  #url = '';
  #voice: AudioBuffer | null = null;
  #gain: GainNode | null = null;
  #closed = false;

  constructor(context: AudioContext) {
    this.#context = context;
  }

  /** Once for each address. Whatever goes wrong leaves the tones. */
  async fetch(url: string): Promise<void> {
    if (url === this.#url) return;
    this.#url = url;
    try {
      const response = await fetch(url, { credentials: 'omit' });
      if (!response.ok) return;
      const voice = await this.#context.decodeAudioData(await response.arrayBuffer());
      if (!this.#closed) this.#voice = voice;
    } catch {
      // The line may be lost already.
    }
  }

  play(): void {
    this.stop();
    if (this.#closed || this.#context.state !== 'running') return;
    this.#gain = new GainNode(this.#context, { gain: LOUDNESS });
    this.#gain.connect(this.#context.destination);
    if (this.#voice) {
      const source = new AudioBufferSourceNode(this.#context, { buffer: this.#voice });
      source.connect(this.#gain);
      source.start();
    } else for (const [frequency, atS] of TONES) this.#tone(this.#gain, frequency, atS);
  }

  /** Fades out: what is cut off clicks. */
  stop(): void {
    const gain = this.#gain;
    this.#gain = null;
    if (!gain) return;
    const nowS = this.#context.currentTime;
    gain.gain.setValueAtTime(gain.gain.value, nowS);
    gain.gain.linearRampToValueAtTime(0, nowS + FADE_S);
    setTimeout(() => gain.disconnect(), FADE_S * 2000);
  }

  close(): void {
    this.#closed = true;
    this.stop();
  }

  #tone(into: GainNode, frequency: number, atS: number): void {
    const fromS = this.#context.currentTime + atS;
    const tone = new OscillatorNode(this.#context, { frequency });
    const shape = new GainNode(this.#context, { gain: 0 });
    shape.gain.setValueAtTime(0, fromS);
    shape.gain.linearRampToValueAtTime(TONE_LOUDNESS, fromS + FADE_S);
    shape.gain.setValueAtTime(TONE_LOUDNESS, fromS + TONE_S - FADE_S);
    shape.gain.linearRampToValueAtTime(0, fromS + TONE_S);
    tone.connect(shape).connect(into);
    tone.start(fromS);
    tone.stop(fromS + TONE_S);
  }
}
