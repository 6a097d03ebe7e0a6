import type { MediaParameters } from '../../shared/events.ts';
import { microphoneObstacle, openMicrophone } from '../media/microphone.ts';
import type { VoiceLink } from '../media/voiceLink.ts';
import { CallError } from './callError.ts';
import type { CallHoldings } from './callHoldings.ts';
import type { CallMicrophoneParts } from './callMicrophone.ts';
import type { NoVoiceReason } from './callModel.ts';
import { CallVoice } from './callVoice.ts';
import { giveUpSound } from './writing.ts';

export type VoiceWayParts = Pick<CallMicrophoneParts, 'dispatch' | 'onTrack' | 'onUnheard' | 'onGone'> & {
  holdings: CallHoldings;
  onOpen: (voice: { remote: MediaStreamTrack; microphone: MediaStreamTrack; link: VoiceLink }) => void;
  onLink: (link: VoiceLink) => void;
  /** There is no sound any more; `onOpen` may come again. */
  onVoiceless: () => void;
  /** Sound does not get through; the call goes on. */
  onBlocked: (error: CallError) => void;
  /** The call cannot go on, not even in writing. */
  onFailed: (error: CallError) => void;
};

/** How one call comes by its voice, falls back to writing when sound does not get through, and tries again. */
export class VoiceWay {
  readonly #parts: VoiceWayParts;
  #givenUp: Promise<void> | null = null;
  #trying = false;

  constructor(parts: VoiceWayParts) {
    this.#parts = parts;
  }

  /**
   * Both directions of the sound; the microphone is the call's from now on. In writing when there is none. Rejects with
   * NETWORK_UNREACHABLE or CALL_CANCELLED.
   */
  async open(media: MediaParameters, microphone: MediaStreamTrack): Promise<void> {
    try {
      await this.#join(media, microphone, 'open');
    } catch (thrown) {
      if (CallError.from(thrown).code === 'NETWORK_UNREACHABLE') throw thrown;
      this.#parts.holdings.guard();
      await this.#giveUp();
    }
  }

  /** The visitor wants to talk again: with another microphone, or over a line on which sound comes. */
  async talkAgain(): Promise<void> {
    const { holdings, dispatch } = this.#parts;
    if (holdings.voice) return await holdings.voice.microphone?.talkAgain();
    if (this.#trying) return;
    this.#trying = true;
    try {
      this.#write('trying');
      await this.#givenUp;
      holdings.guard();
      const microphone = await this.#microphone();
      if (!microphone) return;
      await this.#join(await this.#renewed(), microphone, 'prove');
      dispatch({ type: 'voiceBack' });
    } catch {
      await this.#giveUp();
    } finally {
      this.#trying = false;
    }
  }

  async #join(media: MediaParameters, microphone: MediaStreamTrack, how: 'open' | 'prove'): Promise<void> {
    const { holdings, dispatch, onTrack, onUnheard, onGone, onLink, onOpen } = this.#parts;
    const voice = new CallVoice({
      ...{ microphone, dispatch, onTrack, onUnheard, onGone, onLink },
      signalling: holdings.line,
      onUp: (up) => holdings.connection.set('media', up),
      onGivenUp: () => void this.#giveUp(),
    });
    delete holdings.microphone;
    holdings.voice = voice;
    const link = await voice[how](media);
    holdings.guard();
    onOpen({ remote: link.remoteTrack, microphone, link });
  }

  /** Null when there is none, or none is allowed: the visitor reads why. */
  async #microphone(): Promise<MediaStreamTrack | null> {
    const { holdings } = this.#parts;
    try {
      const track = await openMicrophone();
      if (holdings.released) track.stop();
      else holdings.microphone = track;
      return holdings.microphone ?? null;
    } catch (error) {
      this.#write(microphoneObstacle(error));
      return null;
    }
  }

  async #renewed(): Promise<MediaParameters> {
    const media = await this.#parts.holdings.line.request('media.renew', {});
    if (!media) throw CallError.of('MEDIA_TRANSPORT_FAILED');
    return media;
  }

  #giveUp(): Promise<void> {
    this.#givenUp = this.#writeOn();
    return this.#givenUp;
  }

  async #writeOn(): Promise<void> {
    const { holdings, onUnheard, onVoiceless, onBlocked, onFailed } = this.#parts;
    if (holdings.released) return;
    const failure = CallError.of('MEDIA_TRANSPORT_FAILED');
    holdings.voice?.close();
    holdings.microphone?.stop();
    delete holdings.voice;
    delete holdings.microphone;
    onUnheard();
    onVoiceless();
    this.#write('blocked');
    onBlocked(failure);
    try {
      await giveUpSound(holdings);
    } catch {
      return onFailed(failure);
    }
    holdings.connection.set('media', true);
  }

  #write(reason: NoVoiceReason): void {
    this.#parts.dispatch({ type: 'writing', reason, canTalkAgain: true });
  }
}
