import {
  microphoneObstacle,
  microphonePermission,
  openMicrophone,
  voiceObstacle,
} from '../media/microphone.ts';
import type { MicrophoneStep, NoVoiceReason } from './callModel.ts';

/**
 * The way to the microphone: explained first, then asked for, unless the browser already has the answer. One use.
 */
export class MicrophoneConsent {
  readonly #show: (step: MicrophoneStep) => void;
  readonly #accepted: Promise<true>;
  readonly #declined: Promise<null>;
  #over = false;
  /** The visitor has read the explanation and goes on. */
  accept!: () => void;
  /** The visitor would rather write, or the call is over. */
  decline!: () => void;

  constructor(show: (step: MicrophoneStep) => void) {
    this.#show = show;
    this.#accepted = new Promise((resolve) => {
      this.accept = () => resolve(true);
    });
    this.#declined = new Promise((resolve) => {
      this.decline = () => {
        this.#over = true;
        resolve(null);
      };
    });
  }

  /** The track; or why there is none; or null when the visitor would rather write. */
  async request(): Promise<MediaStreamTrack | NoVoiceReason | null> {
    const obstacle = voiceObstacle();
    if (obstacle) return obstacle;
    const permission = await microphonePermission();
    if (this.#over) return null;
    if (permission === 'denied') return 'refused';
    if (permission !== 'granted') {
      this.#show('explain');
      if (!(await Promise.race([this.#accepted, this.#declined]))) return null;
      this.#show('ask');
    }
    const opening = openMicrophone();
    // Declined while the browser still asks: whatever it says later, the microphone does not stay open.
    this.#declined.then(() => opening.then((track) => track.stop())).catch(() => {});
    try {
      const track = await Promise.race([opening, this.#declined]);
      if (track) this.#show('ready');
      return track;
    } catch (error) {
      return this.#over ? null : microphoneObstacle(error);
    }
  }
}
