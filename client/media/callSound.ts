import type { Quality } from '../call/callModel.ts';
import type { DeviceHearing, HearingEvents } from '../hearing/deviceHearing.ts';
import type { OpenLanguage } from '../hearing/ears.ts';
import { LevelMeter } from './levelMeter.ts';
import { captureOf } from './microphone.ts';
import { MicrophoneTap } from './microphoneTap.ts';
import { NoticeSound } from './noticeSound.ts';
import { type LinkSample, qualityBetween, sampleOf } from './quality.ts';
import { Speaker } from './speaker.ts';
import type { VoiceLink } from './voiceLink.ts';

const QUALITY_PERIOD_MS = 3000;

export type CallSoundEvents = {
  onBlocked: (blocked: boolean) => void;
  onQuality: (quality: Quality) => void;
  /** Level of the microphone in 0…1, muted or not, while it is watched. */
  onLevel: (level: number, speaking: boolean) => void;
  onSpeech: HearingEvents['onSpeech'];
  onLanguage: HearingEvents['onLanguage'];
  onDead: HearingEvents['onDead'];
};

/** What is heard and measured on the device during one call after the other. */
export class CallSound {
  readonly #shadow: ShadowRoot;
  readonly #events: CallSoundEvents;
  #speaker: Speaker | null = null;
  #link: VoiceLink | null = null;
  #tap: MicrophoneTap | null = null;
  #meter: LevelMeter | null = null;
  #notice: NoticeSound | null = null;
  #hearing: DeviceHearing | null = null;
  #assistantTalks = false;
  /** As the call tells, also before it has a sound and after. */
  #muted = false;
  #noticeUrl: string | null = null;
  #echoCancelled = true;
  #timer: ReturnType<typeof setInterval> | undefined;
  #watched = false;

  constructor(shadow: ShadowRoot, events: CallSoundEvents) {
    this.#shadow = shadow;
    this.#events = events;
  }

  start(voice: { remote: MediaStreamTrack; microphone: MediaStreamTrack; link: VoiceLink }): void {
    this.stop();
    this.#link = voice.link;
    this.#speaker = new Speaker(this.#shadow, this.#events.onBlocked);
    this.#speaker.play(voice.remote);
    this.#speaker.beside(voice.microphone);
    this.#tap = new MicrophoneTap(voice.microphone);
    this.#echoCancelled = captureOf(voice.microphone).echoCancellation !== false;
    this.#meter = new LevelMeter(this.#tap, this.#events.onLevel);
    this.#meter.running = this.#watched;
    this.#notice = new NoticeSound(this.#tap.context);
    if (this.#noticeUrl) void this.#notice.fetch(this.#noticeUrl);
    let before: LinkSample | null = null;
    const look = async () => {
      const link = this.#link;
      if (!link) return;
      const after = sampleOf(await link.stats());
      if (before) this.#events.onQuality(qualityBetween(before, after));
      else this.#events.onQuality(qualityBetween(after, after));
      before = after;
    };
    const lookQuietly = () => void look().catch(() => {});
    lookQuietly();
    this.#timer = setInterval(lookQuietly, QUALITY_PERIOD_MS);
  }

  /** Another link took the place of the one that broke. */
  relink(link: VoiceLink): void {
    this.#link = link;
    this.#speaker?.play(link.remoteTrack);
    if (this.#hearing) link.openHints().catch(() => {});
  }

  /** Begins to hear on the device; asked for once the call is live, so that loading never delays it. */
  async listen(openLanguage: OpenLanguage | null = null): Promise<void> {
    const tap = this.#tap;
    if (!tap || this.#hearing) return;
    this.#link?.openHints().catch(() => {});
    const { DeviceHearing } = await import('../hearing/deviceHearing.ts');
    if (this.#tap !== tap || this.#hearing) return;
    const { onSpeech, onLanguage, onDead } = this.#events;
    const onGain = (gain: number) => this.#speaker?.setGain(gain);
    this.#hearing = new DeviceHearing(tap, { onSpeech, onGain, onLanguage, onDead }, openLanguage);
    this.#hearing.echoCancelled = this.#echoCancelled;
    this.#hearing.assistantTalks(this.#assistantTalks);
    this.#hearing.mute(this.#muted);
  }

  /** The notice of a lost line is there before the line is lost; asked for before there is a sound, once there is. */
  fetchNotice(url: string): void {
    this.#noticeUrl = url;
    void this.#notice?.fetch(url);
  }

  playNotice(): void {
    this.#notice?.play();
  }

  stopNotice(): void {
    this.#notice?.stop();
  }

  /** What the server says of either side. */
  serverSays(who: 'caller' | 'assistant', active: boolean): void {
    if (who === 'assistant') this.#assistantTalks = active;
    if (who === 'caller') this.#hearing?.serverHears(active);
    else this.#hearing?.assistantTalks(active);
  }

  mute(muted: boolean): void {
    this.#muted = muted;
    this.#hearing?.mute(muted);
  }

  /** `capture`: the microphone behind the track. */
  replaceMicrophone(track: MediaStreamTrack, capture: MediaStreamTrack): void {
    this.#tap?.replace(track);
    this.#speaker?.beside(capture);
    this.#echoCancelled = captureOf(capture).echoCancellation !== false;
    if (this.#hearing) this.#hearing.echoCancelled = this.#echoCancelled;
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
    this.#hearing?.close();
    this.#meter?.close();
    this.#notice?.close();
    this.#tap?.close();
    this.#speaker?.close();
    this.#hearing = null;
    this.#meter = null;
    this.#notice = null;
    this.#tap = null;
    this.#speaker = null;
    this.#link = null;
    this.#assistantTalks = false;
  }
}
