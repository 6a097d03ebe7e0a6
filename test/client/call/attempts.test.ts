import { describe, expect, test } from 'vitest';
import { type Attempting, FIRST_MS, paceAttempts } from '../../../client/call/attempts.ts';
import { FakeClock } from '../../fakes/clock.ts';

/** What socket.io asks and is told. */
class Manager implements Attempting {
  readonly clock = new FakeClock();
  delayMs = FIRST_MS;
  #count = 0;
  readonly #listeners = new Map<string, (count: number) => void>();

  constructor() {
    paceAttempts(this, this.clock);
  }

  on(name: string, listener: (count: number) => void): void {
    this.#listeners.set(name, listener);
  }

  reconnectionDelay(ms: number): void {
    this.delayMs = ms;
  }

  reconnectionDelayMax(ms: number): void {
    expect(ms).toBe(this.delayMs);
  }

  /** One attempt that fails after so long; answers how long the next one is waited for. */
  fails(afterMs: number): number {
    this.#count += 1;
    this.#listeners.get('reconnect_attempt')?.(this.#count);
    this.clock.advance(afterMs);
    this.#listeners.get('error')?.(0);
    this.clock.advance(this.delayMs);
    return this.delayMs;
  }

  succeeds(): void {
    this.#count = 0;
    this.#listeners.get('reconnect')?.(0);
  }
}

describe('attempts to get the line back', () => {
  test('follow each other at once when each has waited long for an answer', () => {
    const manager = new Manager();
    for (let count = 0; count < 20; count += 1) expect(manager.fails(2_500)).toBe(100);
  });

  test('keep their distance when each fails at once, more of it after the first ones', () => {
    const manager = new Manager();
    expect(Array.from({ length: 10 }, () => manager.fails(10))).toEqual([
      ...Array(7).fill(690),
      ...Array(3).fill(2_490),
    ]);
  });

  test('are fewer in three minutes than a browser slows down, up to twenty seconds without a network', () => {
    const manager = new Manager();
    let failures = 0;
    while (manager.clock.nowMs() < 20_000) {
      manager.fails(5);
      failures += 1;
    }
    expect(failures).toBeLessThan(15);
  });

  test('begin soon again after one that succeeded', () => {
    const manager = new Manager();
    for (let count = 0; count < 10; count += 1) manager.fails(10);
    manager.succeeds();
    expect(manager.delayMs).toBe(FIRST_MS);
  });
});
