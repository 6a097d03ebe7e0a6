import { FRAME_MS, FRAME_SAMPLES_16K, SPEECH_RATE_HZ } from '../../shared/audio.ts';
import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { Beat } from './beat.ts';
import type { Clip, Player } from './player.ts';
import { resumePoint } from './resumePoint.ts';
import type { VoiceOutput } from './voiceOutput.ts';

export type PacerOptions = {
  clock: Clock;
  output: VoiceOutput;
  /** How far what is sent runs ahead of what is heard: a stall of the event loop up to this is never heard. */
  leadMs?: number;
  /** How often a frame of silence is sent while nothing is said, so that the far end knows of the line; null: never. */
  pulseMs?: number | null;
};

/** A clip that waits for its first frame to be sent, or for the rest of them; `started`: its start was told. */
type Queued = Clip & { started: boolean };
/** A clip between its first frame sent and its last sample heard. */
type Sounding = Queued & { fromMs: number; untilMs: number };

const DEFAULT_LEAD_MS = 60;
const FADE_SAMPLES = (SPEECH_RATE_HZ * 8) / 1000;
/** A change of gain takes 40 ms, so that it does not click; who is spoken over is turned down within 10. */
const GAIN_UP_STEP = 1 / ((SPEECH_RATE_HZ * 40) / 1000);
const GAIN_DOWN_STEP = 1 / ((SPEECH_RATE_HZ * 10) / 1000);
/** Silence sent after the last clip: the far end has nothing to conceal while it learns that we stopped. */
const TRAILING_FRAMES = 3;
/** After a longer stall the rest is shifted instead of being sent in one burst. */
const MAX_CATCH_UP_MS = 1000;
const SAMPLES_PER_MS = SPEECH_RATE_HZ / 1000;

/** The Player: frames of 20 ms in real time, a little ahead. `#sentUntilMs` is the wall time up to which the far end has audio. */
export class Pacer implements Player {
  readonly #clock: Clock;
  readonly #output: VoiceOutput;
  readonly #leadMs: number;
  readonly #pulseMs: number | null;
  readonly #startListeners = new Set<(clipId: string) => void>();
  readonly #endListeners = new Set<(clipId: string) => void>();
  #queue: Queued[] = [];
  /** Samples of the first clip of the queue that were sent, and whether it is among the sounding ones. */
  #offset = 0;
  #sounds = false;
  /** What `pause` kept: the first of these was heard up to `playedMs`. */
  #kept: { clips: Queued[]; playedMs: number } | null = null;
  #sounding: Sounding[] = [];
  #sentUntilMs: number;
  #trailing = 0;
  #gain = 1;
  #targetGain = 1;
  #timer: TimerHandle | null = null;
  #pulse: TimerHandle | null = null;
  #closed = false;

  constructor({ clock, output, leadMs = DEFAULT_LEAD_MS, pulseMs = null }: PacerOptions) {
    this.#clock = clock;
    this.#output = output;
    this.#leadMs = leadMs;
    this.#pulseMs = pulseMs;
    this.#sentUntilMs = clock.nowMs();
    this.#rest();
  }

  play(clip: Clip): void {
    if (this.#closed) return;
    if (this.#kept) {
      this.#kept.clips.push({ ...clip, started: false });
      return;
    }
    this.#queue.push({ ...clip, started: false });
    this.#run();
  }

  stop(): { id: string; playedMs: number } | null {
    const stopped = this.position();
    this.#kept = null;
    this.#silence();
    return stopped;
  }

  pause(): { id: string; playedMs: number } | null {
    const nowMs = this.#clock.nowMs();
    this.#tell(nowMs);
    const paused = this.position();
    if (this.#kept || !paused) return null;
    const unheard = this.#sounding.filter(({ untilMs }) => nowMs < untilMs);
    const unsent = this.#sounds ? this.#queue.slice(1) : this.#queue;
    this.#kept = { clips: [...unheard, ...unsent], playedMs: paused.playedMs };
    this.#silence();
    return paused;
  }

  resume(): void {
    const kept = this.#kept;
    this.#kept = null;
    const [first] = kept?.clips ?? [];
    if (!kept || !first || this.#closed) return;
    this.#queue = kept.clips.map(({ id, pcm16k, started }) => ({ id, pcm16k, started }));
    this.#offset = resumePoint(first.pcm16k, Math.round(kept.playedMs * SAMPLES_PER_MS));
    // From silence, so that the cut does not click.
    this.#gain = 0;
    this.#run();
  }

  position(): { id: string; playedMs: number } | null {
    if (this.#kept) {
      const [first] = this.#kept.clips;
      return first ? { id: first.id, playedMs: this.#kept.playedMs } : null;
    }
    const nowMs = this.#clock.nowMs();
    const heard = this.#sounding.find(({ untilMs }) => nowMs < untilMs);
    if (heard) return { id: heard.id, playedMs: Math.max(0, nowMs - heard.fromMs) };
    const [first] = this.#queue;
    return first ? { id: first.id, playedMs: 0 } : null;
  }

  setGain(gain: number): void {
    this.#targetGain = Math.max(0, gain);
    if (!this.#timer) this.#gain = this.#targetGain;
  }

  onStart(listener: (clipId: string) => void): void {
    this.#startListeners.add(listener);
  }

  onEnd(listener: (clipId: string) => void): void {
    this.#endListeners.add(listener);
  }

  close(): void {
    this.#closed = true;
    this.#kept = null;
    this.#queue = [];
    this.#sounding = [];
    this.#rest();
    this.#startListeners.clear();
    this.#endListeners.clear();
  }

  #run(): void {
    this.#trailing = TRAILING_FRAMES;
    this.#pulse?.cancel();
    this.#timer ??= Beat.of(this.#clock).join(() => this.#tick());
    this.#tick();
  }

  /** Drops what is not sent, its beginning faded out. */
  #silence(): void {
    const [first] = this.#queue;
    const tail = first && this.#sounds ? this.#fadeOut(first) : null;
    this.#queue = [];
    this.#offset = 0;
    this.#sounds = false;
    this.#sounding = [];
    if (tail) this.#send(tail, 0);
  }

  #tick(): void {
    const nowMs = this.#clock.nowMs();
    const gapMs = this.#gapBefore(nowMs);
    for (let gap = gapMs; this.#sentUntilMs < nowMs + this.#leadMs; gap = 0) {
      const frame = this.#nextFrame(gap);
      if (!frame) break;
      this.#send(frame, gap);
    }
    this.#tell(nowMs);
    if (this.#queue.length === 0 && this.#trailing === 0 && this.#sounding.length === 0) this.#rest();
  }

  /** Silence that the far end has heard since the last frame, when speech begins anew. */
  #gapBefore(nowMs: number): number {
    const behindMs = nowMs - this.#sentUntilMs;
    const midSentence = this.#sounding.length > 0 && behindMs <= MAX_CATCH_UP_MS;
    return behindMs > 0 && !midSentence && this.#queue.length > 0 ? behindMs : 0;
  }

  #nextFrame(gapMs: number): Float32Array | null {
    if (this.#queue.length === 0) {
      if (this.#trailing === 0) return null;
      this.#trailing -= 1;
      return new Float32Array(FRAME_SAMPLES_16K);
    }
    const frame = new Float32Array(FRAME_SAMPLES_16K);
    let filled = 0;
    for (let clip = this.#queue[0]; clip && filled < frame.length; clip = this.#queue[0]) {
      if (!this.#sounds) this.#began(clip, this.#sentUntilMs + gapMs + filled / SAMPLES_PER_MS);
      const taken = Math.min(frame.length - filled, clip.pcm16k.length - this.#offset);
      frame.set(clip.pcm16k.subarray(this.#offset, this.#offset + taken), filled);
      filled += taken;
      this.#offset += taken;
      if (this.#offset < clip.pcm16k.length) continue;
      this.#queue.shift();
      this.#offset = 0;
      this.#sounds = false;
    }
    this.#applyGain(frame);
    return frame;
  }

  #began(clip: Queued, atMs: number): void {
    this.#sounds = true;
    const fromMs = atMs - this.#offset / SAMPLES_PER_MS;
    this.#sounding.push({ ...clip, fromMs, untilMs: fromMs + clip.pcm16k.length / SAMPLES_PER_MS });
  }

  /** The rest of a clip that is cut off: some milliseconds of it, then silence. */
  #fadeOut(clip: Clip): Float32Array {
    const frame = new Float32Array(FRAME_SAMPLES_16K);
    const rest = clip.pcm16k.subarray(this.#offset, this.#offset + FADE_SAMPLES);
    rest.forEach((sample, index) => {
      frame[index] = sample * (1 - index / FADE_SAMPLES);
    });
    this.#applyGain(frame);
    return frame;
  }

  #applyGain(frame: Float32Array): void {
    if (this.#gain === 1 && this.#targetGain === 1) return;
    for (let index = 0; index < frame.length; index += 1) {
      const difference = this.#targetGain - this.#gain;
      this.#gain +=
        difference > 0 ? Math.min(difference, GAIN_UP_STEP) : Math.max(difference, -GAIN_DOWN_STEP);
      frame[index] = (frame[index] ?? 0) * this.#gain;
    }
  }

  #send(frame: Float32Array, gapMs: number): void {
    this.#sentUntilMs += gapMs + FRAME_MS;
    this.#output.frame(frame, gapMs);
  }

  /** Tells starts and ends at the time at which they are heard. */
  #tell(nowMs: number): void {
    for (const clip of [...this.#sounding]) {
      if (!clip.started && nowMs >= clip.fromMs) {
        clip.started = true;
        for (const listener of this.#startListeners) listener(clip.id);
      }
      if (nowMs < clip.untilMs || !this.#sounding.includes(clip)) continue;
      this.#sounding.splice(this.#sounding.indexOf(clip), 1);
      for (const listener of this.#endListeners) listener(clip.id);
    }
  }

  #rest(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#gain = this.#targetGain;
    this.#pulse?.cancel();
    // A listener of the last clip's end may have closed it.
    if (this.#pulseMs === null || this.#closed) return;
    this.#pulse = this.#clock.every(this.#pulseMs, () => {
      this.#send(new Float32Array(FRAME_SAMPLES_16K), Math.max(0, this.#clock.nowMs() - this.#sentUntilMs));
    });
  }
}
