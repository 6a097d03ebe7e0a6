import { systemClock } from '../../shared/clock.ts';
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
  /** Another microphone took the place of one that was lost. */
  onTrack: (track: MediaStreamTrack) => void;
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
  #muted = false;
  /** By another program, as the track tells; by a phone call, as the app around the page tells. */
  #taken = { byOther: false, byApp: false };
  /** Taken, or lost. */
  #unheard = false;
  #closed = false;

  constructor(parts: CallMicrophoneParts) {
    this.#parts = parts;
    this.#link = parts.link;
    this.#track = parts.track;
    this.#report(parts.track);
    this.#keeper = new MicrophoneKeeper(parts.track, browserMicrophones(), systemClock, {
      onTaken: (taken) => this.#setTaken({ byOther: taken }),
      onReplaced: (track) => void this.#replaced(track).catch(() => this.#gone('busy')),
      onGone: (reason) => this.#gone(reason),
    });
  }

  get track(): MediaStreamTrack {
    return this.#track;
  }

  /** Another link has the microphone. */
  relink(link: VoiceLink): void {
    this.#link = link;
    link.setMuted(this.#muted);
    this.#report(this.#track);
    if (this.#muted || this.#unheard) this.#tell().catch(() => {});
  }

  /** The device falls silent first; the server is told afterwards. */
  async mute(on: boolean): Promise<void> {
    this.#muted = on;
    this.#link.setMuted(on);
    if (on) this.#parts.onUnheard();
    this.#parts.dispatch({ type: 'muted', muted: on });
    await this.#tell();
  }

  /** After it was lost: asks for one again. */
  async talkAgain(): Promise<void> {
    await this.#keeper.recover();
  }

  /** The app around the page says that a phone call has the audio, or gives it back. */
  interrupted(active: boolean): void {
    this.#setTaken({ byApp: active });
  }

  close(): void {
    this.#closed = true;
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

  async #replaced(track: MediaStreamTrack): Promise<void> {
    const { dispatch, onTrack } = this.#parts;
    this.#track = track;
    await this.#link.replaceMicrophone(track);
    if (this.#closed) return;
    this.#report(track);
    this.#link.setMuted(this.#muted);
    this.#setUnheard(false);
    dispatch({ type: 'voiceBack' });
    dispatch({ type: 'notice', notice: { kind: 'changed', name: track.label } });
    onTrack(track);
  }

  #gone(reason: NoVoiceReason): void {
    if (this.#closed) return;
    // Who comes back from writing is not muted any more.
    this.#muted = false;
    this.#setUnheard(true);
    this.#parts.dispatch({ type: 'writing', reason, canTalkAgain: true });
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
    await this.#parts.signalling.request('call.mute', { muted: this.#muted || this.#unheard });
  }

  #report(track: MediaStreamTrack): void {
    this.#parts.signalling.send('device.report', captureOf(track));
  }
}
