import type { Clock, TimerHandle } from '../../shared/clock.ts';
import type { NoVoiceReason } from '../call/callModel.ts';
import { microphoneObstacle, microphonePermission, openMicrophone } from './microphone.ts';

/** A track is muted for a moment also when the system only changes its audio route. */
const TAKEN_AFTER_MS = 800;
/** What iOS gives back after a phone call it gives back by then. */
const BACK_WITHIN_MS = 2_000;

export type KeeperEvents = {
  /** A phone call or the system has the microphone, or is asked for it; or gives it back. */
  onTaken: (taken: boolean) => void;
  /** Another microphone takes the place of one that is gone, or was only taken; it is the keeper's. */
  onReplaced: (track: MediaStreamTrack, wasTaken: boolean) => void;
  /** There is none any more; `recover` or a device that is plugged in may bring one. */
  onGone: (reason: NoVoiceReason) => void;
};

/** What the keeper needs of the browser. */
export type MicrophoneSource = {
  open(): Promise<MediaStreamTrack>;
  /** Whether it opens without a question to the visitor. */
  allowed(): Promise<boolean>;
  devices: Pick<MediaDevices, 'enumerateDevices' | 'addEventListener' | 'removeEventListener'>;
};

export const browserMicrophones = (): MicrophoneSource => ({
  open: openMicrophone,
  allowed: async () => (await microphonePermission()) === 'granted',
  devices: navigator.mediaDevices,
});

/** Holds the microphone of one call: when it is unplugged, taken or given back, when there is none for a while. */
export class MicrophoneKeeper {
  readonly #source: MicrophoneSource;
  readonly #clock: Clock;
  readonly #events: KeeperEvents;
  #track: MediaStreamTrack;
  #taken = false;
  #timer: TimerHandle | null = null;
  #expecting: TimerHandle | null = null;
  #opening: Promise<boolean> | null = null;
  #gone = false;
  #closed = false;

  constructor(track: MediaStreamTrack, source: MicrophoneSource, clock: Clock, events: KeeperEvents) {
    this.#source = source;
    this.#clock = clock;
    this.#events = events;
    this.#track = track;
    this.#watch(track);
    source.devices.addEventListener('devicechange', this.#onDevices);
  }

  /** Opens a microphone again after `onGone`; answers whether there is one. */
  recover(): Promise<boolean> {
    if (this.#opening) return this.#opening;
    // The browser may ask the visitor, who does not look at it: nobody is heard until they answer.
    if (!this.#gone) this.#tellTakenSoon();
    this.#opening = this.#replace().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** Nothing has the microphone any more, as far as is known: what is still taken in a moment is opened again. */
  expectBack(on: boolean): void {
    this.#expecting?.cancel();
    if (on)
      this.#expecting = this.#clock.after(BACK_WITHIN_MS, () => {
        if (this.#isTaken) void this.recover();
      });
  }

  /** Stops the microphone, too. */
  close(): void {
    this.#closed = true;
    this.expectBack(false);
    this.#source.devices.removeEventListener('devicechange', this.#onDevices);
    this.#leave();
  }

  #watch(track: MediaStreamTrack): void {
    track.addEventListener('ended', this.#onEnded);
    track.addEventListener('mute', this.#onMute);
    track.addEventListener('unmute', this.#onMute);
    if (track.muted) this.#onMute();
    // Nothing tells of one that ended before it was watched, as while its caller waited in line.
    if (track.readyState === 'ended') this.#onEnded();
  }

  #leave(): void {
    this.#timer?.cancel();
    const track = this.#track;
    track.removeEventListener('ended', this.#onEnded);
    track.removeEventListener('mute', this.#onMute);
    track.removeEventListener('unmute', this.#onMute);
    track.stop();
  }

  async #replace(): Promise<boolean> {
    try {
      const next = await this.#source.open();
      const wasTaken = this.#isTaken;
      if (this.#closed || (wasTaken && next.muted)) {
        next.stop();
        return false;
      }
      this.#leave();
      this.#track = next;
      this.#gone = false;
      this.#tellTaken(false);
      this.#watch(next);
      this.#events.onReplaced(next, wasTaken);
      return true;
    } catch (error) {
      // One that is only taken may still be given back.
      if (this.#closed || this.#isTaken) return false;
      this.#timer?.cancel();
      this.#gone = true;
      this.#tellTaken(false);
      this.#events.onGone(microphoneObstacle(error));
      return false;
    }
  }

  get #isTaken(): boolean {
    return this.#track.muted && this.#track.readyState === 'live';
  }

  #tellTaken(taken: boolean): void {
    if (taken === this.#taken) return;
    this.#taken = taken;
    this.#events.onTaken(taken);
  }

  #tellTakenSoon(): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(TAKEN_AFTER_MS, () => this.#tellTaken(true));
  }

  readonly #onEnded = () => void this.recover();

  readonly #onMute = () => {
    if (this.#track.muted) return this.#tellTakenSoon();
    this.#timer?.cancel();
    this.#tellTaken(false);
  };

  /** Some browsers do not end the track of a device that was pulled out; and a new one may be the way back. */
  readonly #onDevices = async () => {
    const all = await this.#source.devices.enumerateDevices().catch(() => []);
    const inputs = all.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '');
    if (this.#closed || this.#opening) return;
    if (this.#gone) {
      if (inputs.length > 0 && (await this.#source.allowed())) await this.recover();
      return;
    }
    const { deviceId } = this.#track.getSettings();
    if (deviceId && inputs.length > 0 && !inputs.some((one) => one.deviceId === deviceId))
      await this.recover();
  };
}
