import type { Clock, TimerHandle } from '../../shared/clock.ts';

type Timer = { atMs: number; order: number; periodMs: number | null; run: () => void };

/** Time by hand: nothing happens until a test moves it. Timers run in order of their time, as in Node. */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #epochAtZeroMs: number;
  readonly #timers = new Set<Timer>();
  #order = 0;

  constructor({ nowMs = 0, epochMs = Date.UTC(2026, 0, 5, 9) }: { nowMs?: number; epochMs?: number } = {}) {
    this.#nowMs = nowMs;
    this.#epochAtZeroMs = epochMs - nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#epochAtZeroMs + this.#nowMs;
  }

  /** Timers that wait; a closed thing leaves none. */
  get pending(): number {
    return this.#timers.size;
  }

  after(delayMs: number, run: () => void): TimerHandle {
    return this.#add(delayMs, null, run);
  }

  every(periodMs: number, run: () => void): TimerHandle {
    return this.#add(Math.max(1, periodMs), Math.max(1, periodMs), run);
  }

  /** Moves time on and runs each timer at its own moment. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (let timer = this.#next(untilMs); timer; timer = this.#next(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, timer.atMs);
      this.#fire(timer);
    }
    this.#nowMs = untilMs;
  }

  /** As `advance`, and lets promises settle before the first timer and after each. */
  async advanceAsync(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settle();
    for (let timer = this.#next(untilMs); timer; timer = this.#next(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, timer.atMs);
      this.#fire(timer);
      await settle();
    }
    this.#nowMs = untilMs;
    await settle();
  }

  /** A blocked event loop: time passes, timers do not run, and then each that is due runs once, late. */
  stall(forMs: number): void {
    this.#nowMs += forMs;
    const due = [...this.#timers].filter((timer) => timer.atMs <= this.#nowMs);
    for (const timer of due.sort(byTime)) if (this.#timers.has(timer)) this.#fire(timer);
  }

  #add(delayMs: number, periodMs: number | null, run: () => void): TimerHandle {
    const timer: Timer = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      periodMs,
      run,
    };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  #next(untilMs: number): Timer | undefined {
    return [...this.#timers].filter((timer) => timer.atMs <= untilMs).sort(byTime)[0];
  }

  #fire(timer: Timer): void {
    if (timer.periodMs === null) this.#timers.delete(timer);
    else timer.atMs = this.#nowMs + timer.periodMs;
    timer.order = this.#order++;
    timer.run();
  }
}

function byTime(a: Timer, b: Timer): number {
  return a.atMs - b.atMs || a.order - b.order;
}

/** Lets chains of promises run to their end; a macrotask comes after all microtasks. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
