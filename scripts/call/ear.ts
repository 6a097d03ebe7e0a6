import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { EnergyGate, type Sound } from './gate.ts';
import { SpeechDecoder } from './opus.ts';
import { Playout } from './playout.ts';
import type { Recorder } from './recorder.ts';
import { StallWatch } from './stallWatch.ts';

/** Silence that ends a sound; shorter than any answer takes, longer than the closures inside words. */
const HANG_MS = 400;
const TICK_MS = 20;
/** Less than this a jitter buffer hides by stretching what it has. */
const AUDIBLE_GAP_MS = 5;

export type HeardPacket = { sequence: number; timestamp: number; payload: Uint8Array };

/** Decodes what arrives, and keeps when the other side was audible. Times are those of the clock. */
export class Ear {
  readonly #clock: Clock;
  readonly #recorder: Recorder | null;
  readonly #gate = new EnergyGate(HANG_MS);
  readonly #decoder = new SpeechDecoder();
  readonly #playout = new Playout();
  readonly #sounds: Sound[] = [];
  readonly #gapsMs: number[] = [];
  readonly #stalls: StallWatch;
  readonly #timer: TimerHandle;
  #packets = 0;

  constructor(options: { clock: Clock; recorder?: Recorder | null }) {
    this.#clock = options.clock;
    this.#recorder = options.recorder ?? null;
    this.#gate.on('end', (sound) => this.#sounds.push(sound));
    this.#stalls = new StallWatch(TICK_MS, this.#clock.nowMs());
    this.#timer = this.#clock.every(TICK_MS, () => {
      this.#stalls.tick(this.#clock.nowMs());
      this.#gate.tick(this.#clock.nowMs());
    });
  }

  /** What is being heard, or null since at least `HANG_MS` of silence. */
  get sound(): Readonly<Sound> | null {
    return this.#gate.sound;
  }

  /** Silences inside what was said that a jitter buffer could not cover, in ms; our own stalls left out. */
  get gapsMs(): readonly number[] {
    return this.#gapsMs;
  }

  get packets(): number {
    return this.#packets;
  }

  get lostPackets(): number {
    return this.#playout.lostPackets;
  }

  /** The first sound that began at or after `ms`, finished or not. */
  soundSince(ms: number): Readonly<Sound> | null {
    return this.#allSounds().find(({ fromMs }) => fromMs >= ms) ?? null;
  }

  /** The last sound that began before `ms`, finished or not. */
  soundBefore(ms: number): Readonly<Sound> | null {
    return this.#allSounds().findLast(({ fromMs }) => fromMs < ms) ?? null;
  }

  /** A packet that has just arrived; one that is not Opus is left out. */
  hear({ sequence, timestamp, payload }: HeardPacket): void {
    const nowMs = this.#clock.nowMs();
    this.#gate.tick(nowMs);
    const inside = this.#gate.sound !== null;
    const placement = this.#playout.place({ sequence, timestamp }, nowMs, { fresh: !inside });
    const pcm16k = placement && this.#decode(payload);
    if (!placement || !pcm16k) return;
    this.#packets++;
    const gapMs = placement.gapMs - this.#stalls.lateMs(nowMs);
    if (inside && gapMs >= AUDIBLE_GAP_MS) this.#gapsMs.push(gapMs);
    this.#gate.push(pcm16k, placement.playMs);
    this.#recorder?.add(pcm16k, placement.playMs);
  }

  close(): void {
    this.#timer.cancel();
  }

  #allSounds(): Readonly<Sound>[] {
    return this.#gate.sound ? [...this.#sounds, this.#gate.sound] : this.#sounds;
  }

  #decode(payload: Uint8Array): Float32Array | null {
    if (payload.length === 0) return null;
    try {
      return this.#decoder.decode(payload);
    } catch {
      return null;
    }
  }
}
