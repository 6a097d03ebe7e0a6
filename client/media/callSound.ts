import type { Quality } from '../call/callModel.ts';
import { LevelMeter } from './levelMeter.ts';
import { type LinkSample, qualityBetween, sampleOf } from './quality.ts';
import { Speaker } from './speaker.ts';
import type { VoiceLink } from './voiceLink.ts';

const QUALITY_PERIOD_MS = 3000;

export type CallSoundEvents = {
  onBlocked: (blocked: boolean) => void;
  onQuality: (quality: Quality) => void;
  /** Level of the microphone in 0…1, muted or not, once a frame while it is watched. */
  onLevel: (level: number, speaking: boolean) => void;
};

/** What is heard and measured on the device during one call after the other. */
export class CallSound {
  readonly #shadow: ShadowRoot;
  readonly #events: CallSoundEvents;
  #speaker: Speaker | null = null;
  #meter: LevelMeter | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #watched = false;

  constructor(shadow: ShadowRoot, events: CallSoundEvents) {
    this.#shadow = shadow;
    this.#events = events;
  }

  start(voice: { remote: MediaStreamTrack; microphone: MediaStreamTrack; link: VoiceLink }): void {
    this.stop();
    this.#speaker = new Speaker(this.#shadow, this.#events.onBlocked);
    this.#speaker.play(voice.remote);
    this.#meter = new LevelMeter(voice.microphone, this.#events.onLevel);
    this.#meter.running = this.#watched;
    let before: LinkSample | null = null;
    const look = async () => {
      const after = sampleOf(await voice.link.stats());
      if (before) this.#events.onQuality(qualityBetween(before, after));
      else this.#events.onQuality(qualityBetween(after, after));
      before = after;
    };
    const lookQuietly = () => void look().catch(() => {});
    lookQuietly();
    this.#timer = setInterval(lookQuietly, QUALITY_PERIOD_MS);
  }

  /** The level is measured only while somebody can see it. */
  watchLevel(on: boolean): void {
    this.#watched = on;
    if (this.#meter) this.#meter.running = on;
  }

  async resume(): Promise<void> {
    await this.#speaker?.resume();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#speaker?.close();
    this.#meter?.close();
    this.#speaker = null;
    this.#meter = null;
  }
}
