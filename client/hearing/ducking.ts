import type { Clock, TimerHandle } from '../../shared/clock.ts';

export const DUCKED = 0.25;
/** Without echo cancellation the assistant's own voice must get out of the microphone's way. */
const DUCKED_OVER_ECHO = 0.1;
/** As long as the server may take to agree that somebody is speaking: its own detector, and a slow line. */
const AGREE_MS = 900;
/** What was only a cough is over by itself; a word may follow it at once. */
const COUGH_MS = 150;
/** What the assistant has said is still on its way to the ear for so long after it has stopped. */
const TAIL_MS = 300;

/**
 * Lowers the assistant's voice as soon as the device hears the caller over it, and raises it again when it was nothing,
 * when the server does not agree, or when the caller has finished.
 */
export class Ducking {
  readonly #clock: Clock;
  readonly #setGain: (gain: number) => void;
  echoCancelled = true;
  #ducked = false;
  #assistantTalks = false;
  #deviceHears = false;
  #serverHears = false;
  /** The server did not agree with what the device still hears. */
  #overruled = false;
  #timer: TimerHandle | null = null;

  constructor(clock: Clock, setGain: (gain: number) => void) {
    this.#clock = clock;
    this.#setGain = setGain;
  }

  assistant(talks: boolean): void {
    const begins = talks && !this.#assistantTalks;
    this.#assistantTalks = talks;
    // An answer begins at its full level.
    if (begins && !this.#callerTalks) this.#set(false);
    this.#decide();
  }

  device(hears: boolean): void {
    this.#deviceHears = hears;
    this.#overruled = false;
    this.#decide();
  }

  server(hears: boolean): void {
    if (this.#serverHears && !hears) this.#overruled = true;
    this.#serverHears = hears;
    this.#decide();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#set(false);
  }

  #decide(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#assistantTalks && this.#callerTalks) {
      this.#set(true);
      if (!this.#serverHears) this.#after(AGREE_MS, () => this.#overrule());
    } else if (this.#ducked) {
      this.#after(this.#assistantTalks ? COUGH_MS : TAIL_MS, () => this.#set(false));
    }
  }

  get #callerTalks(): boolean {
    return this.#serverHears || (this.#deviceHears && !this.#overruled);
  }

  #overrule(): void {
    this.#overruled = true;
    this.#set(false);
  }

  #after(ms: number, run: () => void): void {
    this.#timer = this.#clock.after(ms, run);
  }

  #set(ducked: boolean): void {
    if (ducked === this.#ducked) return;
    this.#ducked = ducked;
    if (ducked) this.#setGain(this.echoCancelled ? DUCKED : DUCKED_OVER_ECHO);
    else this.#setGain(1);
  }
}
