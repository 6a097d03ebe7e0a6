/** Plays the remote voice through an audio element inside the shadow root. */
export class Speaker {
  readonly #element = document.createElement('audio');
  readonly #onBlocked: (blocked: boolean) => void;

  constructor(parent: ShadowRoot, onBlocked: (blocked: boolean) => void) {
    this.#onBlocked = onBlocked;
    this.#element.autoplay = true;
    parent.append(this.#element);
  }

  play(track: MediaStreamTrack): void {
    this.#element.srcObject = new MediaStream([track]);
    void this.resume();
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
    this.#element.pause();
    this.#element.srcObject = null;
    this.#element.remove();
  }
}
