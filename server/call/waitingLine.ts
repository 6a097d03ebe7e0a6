import type { Clock, TimerHandle } from '../../shared/clock.ts';
import type { QueuePlace } from '../../shared/events.ts';

/** Who is called has so long to come; then it is the next one's turn. */
const CALLED_FOR_MS = 10_000;
/** Waits are told anew so often, and when somebody moves up. */
const TELL_EVERY_MS = 10_000;
const LOOK_EVERY_MS = 500;
/** How long a call takes, before any has ended; the mean of those that have moves by a tenth with each. */
const FIRST_GUESS_MS = 180_000;
const LEARNING_RATE = 0.1;
const MOST_WAITING = 1_000;

export type TellPlace = (place: Omit<QueuePlace, 'callsBack'>) => void;
type Waiting = { sessionId: string; tell: TellPlace; told: number };
type Called = { sessionId: string; tell: TellPlace; untilMs: number };

/** Callers who wait for a free line, in the order in which they came. */
export class WaitingLine {
  readonly #clock: Clock;
  readonly #free: () => number;
  #waiting: Waiting[] = [];
  #called: Called[] = [];
  #meanMs = FIRST_GUESS_MS;
  #lines = 1;
  #timer: TimerHandle | null = null;
  #toldAtMs = 0;

  /** `free`: lines that nobody uses. */
  constructor(parts: { clock: Clock; free: () => number }) {
    this.#clock = parts.clock;
    this.#free = parts.free;
  }

  /** How many wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Whether a call may begin now: one that was called, or there is room and nobody was here before. */
  admits(sessionId: string): boolean {
    if (this.#called.some((called) => called.sessionId === sessionId)) return this.#free() > 0;
    return this.#waiting.length === 0 && this.#free() > this.#called.length;
  }

  /** Waits; told its place at once and when it changes, and 0 when it may come. False when too many wait. */
  enter(sessionId: string, tell: TellPlace): boolean {
    const before = this.#waiting.find((waiting) => waiting.sessionId === sessionId);
    if (before) before.tell = tell;
    else if (this.#waiting.length >= MOST_WAITING) return false;
    else this.#waiting.push({ sessionId, tell, told: 0 });
    this.#tellAll(true);
    this.#timer ??= this.#clock.every(LOOK_EVERY_MS, () => this.#look());
    return true;
  }

  /** It does not wait any more, or has come. `tell`: unless another of its sockets is told its place by now. */
  leave(sessionId: string, tell?: TellPlace): void {
    const stays = (one: { sessionId: string; tell: TellPlace }) =>
      one.sessionId !== sessionId || (tell !== undefined && one.tell !== tell);
    this.#waiting = this.#waiting.filter(stays);
    this.#called = this.#called.filter(stays);
    this.#tellAll(false);
    if (this.#waiting.length + this.#called.length === 0) this.close();
  }

  /** A call of `lines` that run has ended. */
  ended(durationMs: number, lines: number): void {
    this.#meanMs += LEARNING_RATE * (durationMs - this.#meanMs);
    this.#lines = Math.max(1, lines);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#waiting = [];
    this.#called = [];
  }

  #look(): void {
    const nowMs = this.#clock.nowMs();
    this.#called = this.#called.filter(({ untilMs }) => nowMs < untilMs);
    while (this.#waiting.length > 0 && this.#free() > this.#called.length) {
      const { sessionId, tell } = this.#waiting.shift() as Waiting;
      this.#called.push({ sessionId, tell, untilMs: nowMs + CALLED_FOR_MS });
      tell({ position: 0, waitMs: 0 });
    }
    this.#tellAll(nowMs - this.#toldAtMs >= TELL_EVERY_MS);
    if (this.#waiting.length + this.#called.length === 0) this.close();
  }

  #tellAll(anew: boolean): void {
    if (anew) this.#toldAtMs = this.#clock.nowMs();
    this.#waiting.forEach((waiting, index) => {
      const position = index + 1;
      if (!anew && waiting.told === position) return;
      waiting.told = position;
      waiting.tell({ position, waitMs: Math.round((position * this.#meanMs) / this.#lines) });
    });
  }
}
