import { FRAME_MS, FRAME_SAMPLES_16K, FRAME_TICKS_48K, SPEECH_RATE_HZ } from '../../shared/audio.ts';
import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { audiblePart, type Sound } from './gate.ts';
import { SpeechEncoder } from './opus.ts';

/** About −70 dBFS: the hiss of a quiet room, so that the line is never digitally silent. */
const NOISE_PEAK = 10 ** (-70 / 20) * Math.sqrt(3);
const NOISE = Float32Array.from({ length: SPEECH_RATE_HZ }, () => (Math.random() * 2 - 1) * NOISE_PEAK);
/** A stall longer than this loses sound, as at a real sound card, instead of being caught up in a burst. */
const LONGEST_CATCH_UP_FRAMES = 10;

export type OutgoingFrame = { packet: Uint8Array; timestamp: number; first: boolean };

type Clip = { pcm16k: Float32Array; frameTimesMs: number[]; done: (sound: Sound) => void };

/**
 * A microphone that is always on: 50 frames a second in real time, room noise with or without speech in it. With DTX
 * the room is still, as behind a noise gate, and the encoder leaves silence out. A frame
 * leaves when its last sample is spoken, so that a sample's moment is at most 20 ms before its packet's.
 */
export class Microphone {
  readonly #clock: Clock;
  readonly #send: (frame: OutgoingFrame) => void;
  readonly #hear: (pcm16k: Float32Array) => void;
  readonly #encoder: SpeechEncoder;
  readonly #still: boolean;
  #timer: TimerHandle | null = null;
  #startMs = 0;
  #frames = 0;
  #talking = false;
  #clip: Clip | null = null;
  #lostFrames = 0;

  /** `hear` gets the samples of each frame when they have been spoken, before they are sent. */
  constructor(options: {
    clock: Clock;
    dtx: boolean;
    send: (frame: OutgoingFrame) => void;
    hear?: (pcm16k: Float32Array) => void;
  }) {
    this.#clock = options.clock;
    this.#send = options.send;
    this.#hear = options.hear ?? (() => {});
    this.#encoder = new SpeechEncoder(options);
    this.#still = options.dtx;
  }

  /** Frames that a stall of this process has swallowed. */
  get lostFrames(): number {
    return this.#lostFrames;
  }

  start(): void {
    this.#startMs = this.#clock.nowMs();
    this.#schedule();
  }

  /** Speaks a clip from the next frame on; resolves after its last frame, with when it was audible. */
  speak(pcm16k: Float32Array): Promise<Sound> {
    if (this.#clip) return Promise.reject(new Error('the microphone is already speaking'));
    return new Promise((done) => {
      this.#clip = { pcm16k, frameTimesMs: [], done };
    });
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #schedule(): void {
    const dueMs = this.#startMs + (this.#frames + 1) * FRAME_MS;
    this.#timer = this.#clock.after(Math.max(0, dueMs - this.#clock.nowMs()), () => {
      this.#sendDue();
      if (this.#timer) this.#schedule();
    });
  }

  #sendDue(): void {
    const due = Math.floor((this.#clock.nowMs() - this.#startMs) / FRAME_MS);
    const lost = due - this.#frames - LONGEST_CATCH_UP_FRAMES;
    if (lost > 0) {
      this.#frames += lost;
      this.#lostFrames += lost;
    }
    while (this.#frames < due && this.#timer) this.#sendFrame();
  }

  #sendFrame(): void {
    const frame = this.#room();
    if (this.#clip) this.#mix(this.#clip, frame);
    this.#hear(frame);
    const packet = this.#encoder.encode(frame);
    const timestamp = (this.#frames * FRAME_TICKS_48K) >>> 0;
    this.#frames++;
    if (packet) this.#send({ packet, timestamp, first: !this.#talking });
    this.#talking = packet !== null;
  }

  #room(): Float32Array {
    if (this.#still) return new Float32Array(FRAME_SAMPLES_16K);
    const at = (this.#frames * FRAME_SAMPLES_16K) % NOISE.length;
    return NOISE.slice(at, at + FRAME_SAMPLES_16K);
  }

  #mix(clip: Clip, frame: Float32Array): void {
    const at = clip.frameTimesMs.length * FRAME_SAMPLES_16K;
    clip.frameTimesMs.push(this.#clock.nowMs() - FRAME_MS);
    const part = clip.pcm16k.subarray(at, at + FRAME_SAMPLES_16K);
    for (const [index, sample] of part.entries()) frame[index] = sample + (frame[index] ?? 0);
    if (at + FRAME_SAMPLES_16K < clip.pcm16k.length) return;
    this.#clip = null;
    clip.done(spokenSound(clip));
  }
}

/** The audible part of a clip in the time at which its frames were spoken. */
function spokenSound({ pcm16k, frameTimesMs }: Clip): Sound {
  const durationMs = (pcm16k.length / SPEECH_RATE_HZ) * 1000;
  const { fromMs, toMs } = audiblePart(pcm16k) ?? { fromMs: 0, toMs: durationMs };
  const at = (clipMs: number) => {
    const frame = Math.min(frameTimesMs.length - 1, Math.floor(clipMs / FRAME_MS));
    return (frameTimesMs[frame] ?? 0) + clipMs - frame * FRAME_MS;
  };
  return { fromMs: at(fromMs), toMs: at(toMs) };
}
