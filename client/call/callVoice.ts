import { systemClock } from '../../shared/clock.ts';
import type { MediaParameters } from '../../shared/events.ts';
import { silentTrack } from '../media/microphone.ts';
import { openVoiceLink, type VoiceLink } from '../media/voiceLink.ts';
import { CallError } from './callError.ts';
import { CallMicrophone, type CallMicrophoneParts } from './callMicrophone.ts';
import { LineKeeper, type LineKeeperParts } from './lineKeeper.ts';
import type { Signalling } from './signalling.ts';

export type CallVoiceParts = Pick<CallMicrophoneParts, 'dispatch' | 'onTrack' | 'onUnheard' | 'onGone'> &
  Pick<LineKeeperParts, 'onLink' | 'onUp' | 'onGivenUp'> & {
    signalling: Signalling;
    /** It is the call's from now on. */
    microphone: MediaStreamTrack;
  };

/** The sound of one call: its line and its microphone, each of which may be replaced. */
export class CallVoice {
  readonly #line: LineKeeper;
  readonly #parts: CallVoiceParts;
  #microphone: CallMicrophone | undefined;
  /** Where there is no microphone for the moment. */
  #silence: MediaStreamTrack | null = null;
  #closed = false;

  constructor(parts: CallVoiceParts) {
    this.#parts = parts;
    this.#line = new LineKeeper({
      clock: systemClock,
      signalling: parts.signalling,
      open: (media, opening) => openVoiceLink({ ...parts, ...opening, media, microphone: this.#track }),
      onLink: (link) => {
        this.#microphone?.relink(link);
        parts.onLink(link);
      },
      onUp: parts.onUp,
      onGivenUp: parts.onGivenUp,
    });
  }

  /** Rejects with a `CallError`; closed in the meantime, with CALL_CANCELLED. */
  open(media: MediaParameters): Promise<VoiceLink> {
    return this.#begin(this.#line.open(media));
  }

  /** The same, once sound comes. */
  prove(media: MediaParameters): Promise<VoiceLink> {
    return this.#begin(this.#line.prove(media));
  }

  async #begin(opening: Promise<VoiceLink>): Promise<VoiceLink> {
    const link = await opening.catch((error: unknown) => {
      throw error instanceof CallError ? error : CallError.of('MEDIA_TRANSPORT_FAILED', error);
    });
    if (this.#closed) {
      link.close();
      throw CallError.of('CALL_CANCELLED');
    }
    const { microphone: track } = this.#parts;
    this.#microphone = new CallMicrophone({ ...this.#parts, track, link });
    // The line began to open with the track as it was then. Whether the server has heard of it is no reason to lose the call.
    if (track.enabled) link.setMuted(false);
    else this.#microphone.mute(true).catch(() => {});
    return link;
  }

  get link(): VoiceLink | null {
    return this.#line.link;
  }

  /** Keeps the sound, or looks for it anew. */
  get line(): Pick<LineKeeper, 'lost' | 'heard'> {
    return this.#line;
  }

  /** Once the sound is there. */
  get microphone(): CallMicrophone | undefined {
    return this.#microphone;
  }

  /** A microphone that is still on its way is switched off or on by itself. */
  async mute(on: boolean): Promise<void> {
    if (this.#microphone) await this.#microphone.mute(on);
    else this.#parts.microphone.enabled = !on;
  }

  close(): void {
    this.#closed = true;
    this.#line.close();
    if (this.#microphone) this.#microphone.close();
    else this.#parts.microphone.stop();
    this.#silence?.stop();
  }

  /** A line takes none that has ended, and is needed all the same: to hear, and for the next microphone. */
  get #track(): MediaStreamTrack {
    const track = this.#microphone?.track ?? this.#parts.microphone;
    if (track.readyState !== 'ended') return track;
    this.#silence ??= silentTrack();
    return this.#silence;
  }
}
