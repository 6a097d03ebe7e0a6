import { systemClock } from '../../shared/clock.ts';
import type { Denoiser } from '../media/denoiser.ts';
import { captureOf } from '../media/microphone.ts';
import { browserMicrophones, MicrophoneKeeper } from '../media/microphoneKeeper.ts';
import type { VoiceLink } from '../media/voiceLink.ts';
import type { NoVoiceReason } from './callModel.ts';
import type { CallAction } from './callReducer.ts';
import type { Signalling } from './signalling.ts';

export type CallMicrophoneParts = {
  /** It is this one's from now on. */
  track: MediaStreamTrack;
  link: VoiceLink;
  signalling: Signalling;
  dispatch: (action: CallAction) => void;
  /** The page shall hear this one from now on; `capture`: the microphone behind it. */
  onTrack: (track: MediaStreamTrack, capture: MediaStreamTrack) => void;
  /** Whatever was heard last, nobody is heard now. */
  onUnheard: () => void;
  /** There is none any more. */
  onGone: () => void;
};

/**
 * The microphone of a call that is on: muted by the caller, taken by another program, lost, found again. Without one the
 * visitor still hears, and can write.
 */
export class CallMicrophone {
  readonly #parts: CallMicrophoneParts;
  readonly #keeper: MicrophoneKeeper;
  #link: VoiceLink;
  #track: MediaStreamTrack;
  #denoiser: Denoiser | null = null;
  #denoising = false;
  #muted = false;
  /** By another program, as the track tells; by a phone call, as the app around the page tells. */
  #taken = { byOther: false, byApp: false };
  /** Taken, or lost. */
  #unheard = false;
  /** The server does not know whether anybody can be heard. */
  #untold = false;
  #closed = false;

  constructor(parts: CallMicrophoneParts) {
    this.#parts = parts;
    this.#link = parts.link;
    this.#track = parts.track;
    this.#report(parts.track);
    this.#keeper = new MicrophoneKeeper(parts.track, browserMicrophones(), systemClock, {
      onTaken: (taken) => this.#setTaken({ byOther: taken }),
      onReplaced: (track, wasTaken) => void this.#replaced(track, wasTaken).catch(() => this.#gone('busy')),
      onGone: (reason) => this.#gone(reason),
    });
    parts.signalling.onBack(() => {
      if (this.#untold && !this.#closed) this.#tell().catch(() => {});
    });
  }

  /** What is sent: the microphone, or what the noise suppressor makes of it. */
  get track(): MediaStreamTrack {
    return this.#denoiser?.track ?? this.#track;
  }

  /**
   * From now on only what `open` makes of the microphone is sent and heard. Rejects as that does, unless the microphone has
   * ended by then: it is done with the next one, or asked for again once there is one.
   */
  async denoise(open: (microphone: MediaStreamTrack) => Promise<Denoiser>): Promise<void> {
    if (this.#denoising || this.#denoiser) return;
    this.#denoising = true;
    try {
      let first: MediaStreamTrack;
      let denoiser: Denoiser | null;
      do {
        first = this.#track;
        denoiser = await open(first).catch((error: unknown) => {
          if (first.readyState !== 'ended') throw error;
          return null;
        });
      } while (!denoiser && !this.#closed && this.#track !== first);
      if (this.#closed) denoiser?.close();
      if (this.#closed || !denoiser) return;
      this.#denoiser = denoiser;
      if (this.#track !== first) denoiser.replace(this.#track);
      denoiser.track.enabled = !this.#muted;
      await this.#link.replaceMicrophone(denoiser.track);
    } finally {
      this.#denoising = false;
    }
    // Of a muted call the link has switched it off.
    this.#track.enabled = true;
    this.#report(this.#track);
    this.#hear();
  }

  /** Another link has the microphone: the one of when it began to open, which may have been replaced since. */
  relink(link: VoiceLink): void {
    this.#link = link;
    // Where there is none now, the link has silence.
    link.replaceMicrophone(this.track).catch(() => {});
    link.setMuted(this.#muted);
    this.#report(this.#track);
    if (this.#muted || this.#unheard) this.#tell().catch(() => {});
  }

  /** The device falls silent first; the server is told afterwards. */
  async mute(on: boolean): Promise<void> {
    this.#muted = on;
    this.#link.setMuted(on);
    if (this.#denoiser) this.#hear();
    if (on) this.#parts.onUnheard();
    this.#parts.dispatch({ type: 'muted', muted: on });
    await this.#tell();
  }

  /** There is none, for the moment: nobody has muted it. */
  without(reason: NoVoiceReason): void {
    // Who comes back from writing is not muted any more.
    this.#muted = false;
    this.#setUnheard(true);
    this.#parts.dispatch({ type: 'writing', reason, canTalkAgain: true });
  }

  /** After it was lost: asks for one again. */
  async talkAgain(): Promise<void> {
    await this.#keeper.recover();
  }

  /** The app around the page says that a phone call has the audio, or gives it back. */
  interrupted(active: boolean): void {
    this.#setTaken({ byApp: active });
    this.expectBack(!active);
  }

  /** Whether it should be there: nothing covers the page any more. */
  expectBack(on: boolean): void {
    this.#keeper.expectBack(on);
  }

  close(): void {
    this.#closed = true;
    this.#denoiser?.close();
    this.#keeper.close();
  }

  #setTaken(change: { byOther?: boolean; byApp?: boolean }): void {
    const before = this.#taken.byOther || this.#taken.byApp;
    this.#taken = { ...this.#taken, ...change };
    const taken = this.#taken.byOther || this.#taken.byApp;
    if (taken === before) return;
    this.#setUnheard(taken);
    this.#parts.dispatch({ type: 'notice', notice: taken ? { kind: 'taken' } : null });
  }

  async #replaced(track: MediaStreamTrack, wasTaken: boolean): Promise<void> {
    const { dispatch } = this.#parts;
    this.#track = track;
    // Before it is sent. What suppresses noise stands between, and the page hears a muted caller through it.
    if (this.#denoiser) this.#denoiser.replace(track);
    else track.enabled = !this.#muted;
    await this.#link.replaceMicrophone(this.track);
    if (this.#closed) return;
    this.#report(track);
    this.#link.setMuted(this.#muted);
    this.#setUnheard(false);
    dispatch({ type: 'voiceBack' });
    if (!wasTaken) dispatch({ type: 'notice', notice: { kind: 'changed', name: track.label } });
    this.#hear();
  }

  /** The page hears what is sent; a muted caller is heard as well, without the cost of suppressing noise. */
  #hear(): void {
    this.#denoiser?.rest(this.#muted);
    this.#parts.onTrack(this.#muted ? this.#track : this.track, this.#track);
  }

  #gone(reason: NoVoiceReason): void {
    if (this.#closed) return;
    this.without(reason);
    this.#parts.onGone();
  }

  #setUnheard(unheard: boolean): void {
    if (this.#unheard === unheard) return;
    this.#unheard = unheard;
    if (unheard) this.#parts.onUnheard();
    this.#tell().catch(() => {});
  }

  /** The server must not wait for somebody who cannot be heard. */
  async #tell(): Promise<void> {
    this.#untold = false;
    try {
      await this.#parts.signalling.request('call.mute', { muted: this.#muted || this.#unheard });
    } catch (error) {
      this.#untold = true;
      throw error;
    }
  }

  #report(track: MediaStreamTrack): void {
    const capture = captureOf(track);
    this.#parts.signalling.send('device.report', {
      ...capture,
      noiseSuppression: this.#denoiser ? true : capture.noiseSuppression,
    });
  }
}
