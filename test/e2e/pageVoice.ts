import type { BrowserContext, Page } from 'playwright-core';

/** What the page's side of these tests keeps on `window`. */
type Stage = {
  speak(samples: string, rateHz: number): Promise<void>;
  recording(): string;
  forget(): void;
  rateHz: number;
  events: { name: string; detail: Record<string, unknown>; atMs: number }[];
};

const EVENTS = ['segue-state', 'segue-transcript', 'segue-speech', 'segue-language', 'segue-error'];

/**
 * Gives the pages of a context a microphone that says what a test tells it to, when it tells it to, and an ear on
 * what WebRTC plays. The widget and its media stack are untouched: only the outermost devices are replaced.
 */
export async function stageVoice(context: BrowserContext): Promise<void> {
  await context.addInitScript((events: string[]) => {
    const audio = new AudioContext({ sampleRate: 48_000 });
    const microphone = audio.createMediaStreamDestination();
    // A microphone is never digitally silent: without this faint hum the encoder would send nothing at first.
    const hum = new ConstantSourceNode(audio, { offset: 1e-4 });
    hum.connect(microphone);
    hum.start();
    navigator.mediaDevices.getUserMedia = async () => {
      await audio.resume();
      return microphone.stream.clone();
    };

    const heard: Float32Array[] = [];
    const Native = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Native {
      constructor(...args: ConstructorParameters<typeof RTCPeerConnection>) {
        super(...args);
        this.addEventListener('track', ({ track }) => {
          const source = audio.createMediaStreamSource(new MediaStream([track]));
          const recorder = audio.createScriptProcessor(4096, 1, 1);
          recorder.onaudioprocess = ({ inputBuffer }) => heard.push(inputBuffer.getChannelData(0).slice());
          source.connect(recorder).connect(audio.destination);
        });
      }
    };

    const decode = (base64: string): Float32Array =>
      new Float32Array(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer);
    const encode = (chunks: Float32Array[]): string => {
      let binary = '';
      for (const chunk of chunks) {
        for (const byte of new Uint8Array(chunk.buffer)) binary += String.fromCharCode(byte);
      }
      return btoa(binary);
    };
    const stage: Stage = {
      rateHz: audio.sampleRate,
      events: [],
      async speak(samples, rateHz) {
        const pcm = decode(samples);
        const buffer = audio.createBuffer(1, pcm.length, rateHz);
        buffer.getChannelData(0).set(pcm);
        const source = new AudioBufferSourceNode(audio, { buffer });
        source.connect(microphone);
        source.start();
        await new Promise((resolve) => source.addEventListener('ended', resolve));
      },
      recording: () => encode(heard),
      forget() {
        stage.events.length = 0;
        heard.length = 0;
      },
    };
    (window as unknown as { stage: Stage }).stage = stage;
    for (const name of events) {
      window.addEventListener(name, (event) => {
        const { detail } = event as CustomEvent<Record<string, unknown>>;
        stage.events.push({ name, detail: structuredClone(detail), atMs: performance.now() });
      });
    }
  }, EVENTS);
}

/** One page on which a visitor speaks and listens. */
export class PageVoice {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Plays samples into the microphone; resolves when they are over. */
  async speak(pcm16k: Float32Array): Promise<void> {
    const base64 = Buffer.from(pcm16k.buffer, pcm16k.byteOffset, pcm16k.byteLength).toString('base64');
    await this.#page.evaluate(
      ([samples, rateHz]) =>
        (window as unknown as { stage: Stage }).stage.speak(samples as string, rateHz as number),
      [base64, 16_000] as const,
    );
  }

  /** All that was played so far, at 16 kHz. */
  async recording(): Promise<Float32Array> {
    const base64 = await this.#page.evaluate(() => (window as unknown as { stage: Stage }).stage.recording());
    const bytes = Buffer.from(base64, 'base64');
    const pcm48k = new Float32Array(new Uint8Array(bytes).buffer);
    // Speech of a 16 kHz voice: the mean of three samples is filter enough for a recogniser.
    return Float32Array.from(
      { length: Math.floor(pcm48k.length / 3) },
      (_, at) => ((pcm48k[at * 3] ?? 0) + (pcm48k[at * 3 + 1] ?? 0) + (pcm48k[at * 3 + 2] ?? 0)) / 3,
    );
  }

  async events(name?: string): Promise<Stage['events']> {
    const events = await this.#page.evaluate(() => (window as unknown as { stage: Stage }).stage.events);
    return name === undefined ? events : events.filter((event) => event.name === name);
  }

  /** Waits until an event of this name has passed whose detail holds all of `like`; regular expressions match texts. */
  async until(name: string, like: Record<string, unknown>, timeoutMs = 30_000): Promise<void> {
    const fields = Object.entries(like).map(([key, value]) =>
      value instanceof RegExp ? { key, source: value.source } : { key, value },
    );
    await this.#page.waitForFunction(
      ([wanted, parts]) =>
        (window as unknown as { stage: Stage }).stage.events.some(
          (event) =>
            event.name === wanted &&
            parts.every((part) =>
              'source' in part
                ? new RegExp(part.source as string, 'i').test(String(event.detail[part.key]))
                : event.detail[part.key] === part.value,
            ),
        ),
      [name, fields] as const,
      { timeout: timeoutMs },
    );
  }

  /** Forgets events and sound so far, so that `until` waits for fresh ones and `recording` holds only these. */
  async forget(): Promise<void> {
    await this.#page.evaluate(() => (window as unknown as { stage: Stage }).stage.forget());
  }

  /** Waits until the assistant has stopped speaking. */
  async untilQuiet(timeoutMs = 40_000): Promise<void> {
    await this.#page.waitForFunction(
      () => {
        const { events } = (window as unknown as { stage: Stage }).stage;
        const last = events.findLast(
          ({ name, detail }) => name === 'segue-speech' && detail.who === 'assistant',
        );
        return last !== undefined && last.detail.active === false;
      },
      undefined,
      { timeout: timeoutMs },
    );
  }
}
