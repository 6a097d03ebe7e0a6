import type { Clock, TimerHandle } from '../../shared/clock.ts';

/** Silence in the assistant's turn after which something must sound; a sentence that is ready needs no more than 0.1 s. */
const LONGEST_SILENCE_MS = 1_500;
const SAME_SILENCE_MS = 100;

/** Watches the silences of which the assistant is the cause: it owes a sound, and nobody makes one. */
export class DeadAir {
  readonly #clock: Clock;
  readonly #onSilence: (count: number) => void;
  readonly #sounds = new Set<string>();
  #owed = 0;
  #count = 0;
  /** When the silence began, or was last broken; and when nothing was owed any more. */
  #sinceMs = Number.NEGATIVE_INFINITY;
  #restedAtMs = Number.NEGATIVE_INFINITY;
  #timer: TimerHandle | null = null;

  /** `count`: from 1, anew with each thing that is owed. */
  constructor(clock: Clock, onSilence: (count: number) => void) {
    this.#clock = clock;
    this.#onSilence = onSilence;
  }

  /** The assistant is to say something; call the returned function when it has, or will not. */
  owe(): () => void {
    if (this.#owed === 0) this.#begin();
    this.#owed += 1;
    this.#look();
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.#owed -= 1;
      if (this.#owed === 0) this.#restedAtMs = this.#clock.nowMs();
      this.#look();
    };
  }

  /** Somebody sounds, or there is another reason why silence is nobody's fault. */
  sound(what: string, on: boolean): void {
    if (on) this.#sounds.add(what);
    else if (this.#sounds.delete(what)) this.#sinceMs = this.#clock.nowMs();
    this.#look();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#sounds.add('closed');
  }

  /** What is owed right behind something else is owed in the same silence. */
  #begin(): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#restedAtMs < SAME_SILENCE_MS) return;
    this.#count = 0;
    this.#sinceMs = nowMs;
  }

  #look(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#owed === 0 || this.#sounds.size > 0) return;
    const leftMs = this.#sinceMs + LONGEST_SILENCE_MS - this.#clock.nowMs();
    this.#timer = this.#clock.after(Math.max(0, leftMs), () => this.#tooLong());
  }

  #tooLong(): void {
    this.#count += 1;
    this.#sinceMs = this.#clock.nowMs();
    this.#onSilence(this.#count);
    this.#look();
  }
}
