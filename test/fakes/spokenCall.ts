import { openEvanOpus } from '../../server/audio/engines/evanOpus.ts';
import { Call } from '../../server/call/call.ts';
import type { Resumed } from '../../server/call/checkpoint.ts';
import { ReadySpeech } from '../../server/call/readySpeech.ts';
import type { VoiceLine } from '../../server/call/voiceLine.ts';
import { Session } from '../../server/context/session.ts';
import type { Conversation } from '../../server/dialog/policy.ts';
import { energyVad } from '../../server/speech/engines/energyVad.ts';
import { failoverStt } from '../../server/speech/failoverStt.ts';
import { failoverTts } from '../../server/speech/failoverTts.ts';
import type { SttEngine } from '../../server/speech/stt.ts';
import type { TtsEngine } from '../../server/speech/tts.ts';
import type { Log } from '../../server/telemetry/log.ts';
import { FRAME_MS } from '../../shared/audio.ts';
import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import type { InputOffer, Transcript } from '../../shared/events.ts';
import type { FakeClock } from './clock.ts';
import { scriptedPolicy } from './policy.ts';
import { MemoryTimelineStore } from './timelineStore.ts';
import { babble, framesOf, rms } from './voice.ts';

const AUDIBLE = 0.003;
const quiet = () => {};

class FakeLine extends Emitter<Record<string, unknown[]>> {
  onPacket: (packet: Uint8Array) => void = quiet;
  /** Our end is not there, or the device is not connected to it. */
  gone = false;
  audible = true;

  get parameters(): null {
    if (this.gone) throw new SegueError('MEDIA_TRANSPORT_FAILED');
    return null;
  }

  async renew(): Promise<null> {
    this.gone = false;
    return null;
  }

  /** The device is connected. */
  connect(): void {
    this.audible = true;
    this.emit('audible');
  }

  override emit(name: string, ...args: unknown[]): void {
    super.emit(name, ...args);
  }

  send(packet: Uint8Array): void {
    this.onPacket(packet);
  }

  expect(): void {}

  refuse(): void {}

  async rest(): Promise<void> {
    this.gone = true;
  }

  close(): void {}
}

/** A real call between engines of the test's choice and a caller whose sound and ears are here; time by hand. */
export class SpokenCall {
  readonly call: Call;
  readonly lines: Transcript[] = [];
  readonly offers: (InputOffer | null)[] = [];
  readonly types: string[] = [];
  /** When the assistant was last heard, and the longest silence since `listen`. */
  heardAtMs = 0;
  longestSilenceMs = 0;
  readonly #clock: FakeClock;
  readonly line: FakeLine;
  readonly #encode: (frame: Float32Array) => Uint8Array;
  #sequence = 0;

  private constructor(
    clock: FakeClock,
    line: FakeLine,
    call: Call,
    encode: (frame: Float32Array) => Uint8Array,
  ) {
    this.#clock = clock;
    this.line = line;
    this.call = call;
    this.#encode = encode;
    call.on('transcript', (transcript) => this.lines.push(transcript));
    call.on('offer', (offer) => this.offers.push(offer));
  }

  static async begin(parts: {
    clock: FakeClock;
    stt: SttEngine[];
    tts: [TtsEngine, ...TtsEngine[]];
    /** Made in advance by this engine; absent: there is nothing ready. */
    ready?: TtsEngine;
    script?: Partial<Conversation>;
    /** It was begun in another process. */
    resumed?: Resumed;
  }): Promise<SpokenCall> {
    const { clock, script = {} } = parts;
    const codec = await openEvanOpus();
    const line = new FakeLine();
    const ready = parts.ready && new ReadySpeech(parts.ready);
    await ready?.make('en');
    const types: string[] = [];
    const vad = energyVad();
    const call = new Call({
      session: new Session({ id: 'ses_1', siteKey: 'demo', language: 'en', clock }),
      siteName: 'Demo',
      language: 'en',
      policy: scriptedPolicy(script),
      verifier: null,
      ...(parts.resumed && { resumed: parts.resumed }),
      leaveGraceMs: 15_000,
      rehydrate: async () => ({ durationMs: 0, facts: [], overview: null, sources: {} }),
      voice: {
        line: line as unknown as VoiceLine,
        codec,
        vad,
        vadFallback: vad,
        stt: await failoverStt(parts.stt, { clock }).open({ language: 'en' }),
        languageId: null,
        tts: failoverTts(parts.tts, { clock }),
        voiceName: undefined,
        ready: ready && ((key) => ready.get(key, 'en')),
      },
      timelines: new MemoryTimelineStore(),
      observe: ({ type, key }) => types.push(key === undefined ? type : `${type} ${String(key)}`),
      clock,
      log: { warn: quiet, error: quiet, info: quiet } as unknown as Log,
    } as ConstructorParameters<typeof Call>[0]);
    const encoder = codec.encoder();
    const spoken = new SpokenCall(clock, line, call, (frame) => encoder.encode(frame));
    spoken.types.push(...types);
    types.push = (...more) => spoken.types.push(...more);
    const decoder = codec.decoder();
    line.onPacket = (packet) => {
      if (rms(decoder.decode(packet)) > AUDIBLE) spoken.heardAtMs = clock.nowMs();
    };
    return spoken;
  }

  /** Nothing gets through any more; or it does again. */
  lose(lost: boolean): void {
    if (lost) this.line.emit('lost', { sinceMs: 0 });
    else this.line.emit('back', { gapMs: 1_000 });
  }

  /** From now on the assistant is listened for. */
  listen(): void {
    this.heardAtMs = this.#clock.nowMs();
    this.longestSilenceMs = 0;
  }

  /** The caller speaks for `ms`, or is silent. */
  async caller(ms: number, speaks: boolean): Promise<void> {
    const frames = framesOf(speaks ? babble(ms / FRAME_MS) : new Float32Array((ms / FRAME_MS) * 320));
    for (const frame of frames) {
      this.#sequence += 1;
      this.line.emit('packet', {
        marker: false,
        payloadType: 100,
        sequence: this.#sequence & 0xffff,
        timestamp: this.#sequence * 960,
        ssrc: 1,
        payload: this.#encode(frame).slice(),
      });
      await this.#clock.advanceAsync(FRAME_MS);
      this.longestSilenceMs = Math.max(this.longestSilenceMs, this.#clock.nowMs() - this.heardAtMs);
    }
  }

  /** What the assistant has said so far, final lines only. */
  said(): string[] {
    return this.lines
      .filter(({ speaker, final }) => speaker === 'assistant' && final)
      .map(({ text }) => text);
  }
}
