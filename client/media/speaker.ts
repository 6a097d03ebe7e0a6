import { watchWaking } from './waking.ts';

/** Plays the remote voice through an audio element inside the shadow root. */
export class Speaker {
  readonly #element = document.createElement('audio');
  readonly #onBlocked: (blocked: boolean) => void;
  readonly #stopWaking: () => void;
  #microphone: MediaStreamTrack | null = null;

  constructor(parent: ShadowRoot, onBlocked: (blocked: boolean) => void) {
    this.#onBlocked = onBlocked;
    this.#element.autoplay = true;
    parent.append(this.#element);
    this.#stopWaking = watchWaking(this.#wake);
  }

  play(track: MediaStreamTrack): void {
    this.#element.srcObject = new MediaStream([track]);
    void this.resume();
  }

  /** The microphone that is open beside it, from now on. */
  beside(microphone: MediaStreamTrack): void {
    this.#microphone?.removeEventListener('unmute', this.#wake);
    this.#microphone = microphone;
    microphone.addEventListener('unmute', this.#wake);
    this.#wake();
  }

  /** Loudness, 0…1. Where a browser keeps it to the visitor's own keys (iOS), nothing changes. */
  setGain(gain: number): void {
    this.#element.volume = gain;
  }

  /** To be called inside a gesture of the visitor when the browser has blocked the sound. */
  async resume(): Promise<void> {
    try {
      await this.#element.play();
      this.#onBlocked(false);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.#onBlocked(true);
    }
  }

  close(): void {
    this.#stopWaking();
    this.#microphone?.removeEventListener('unmute', this.#wake);
    this.#element.pause();
    this.#element.srcObject = null;
    this.#element.remove();
  }

  /**
   * iOS pauses it for a phone call, Siri or another page, and does not always let it go on. What plays while one of these
   * has the microphone keeps that from being given back.
   */
  readonly #wake = (): void => {
    const { muted = false, readyState } = this.#microphone ?? {};
    const isTaken = muted && readyState === 'live';
    if (this.#element.paused && !isTaken && !document.hidden) void this.resume();
  };
}
