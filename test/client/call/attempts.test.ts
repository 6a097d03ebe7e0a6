import { beforeEach, describe, expect, test } from 'vitest';
import { type Attempting, FIRST_MS, paceAttempts } from '../../../client/call/attempts.ts';
import { FakeClock } from '../../fakes/clock.ts';

/** What socket.io asks and is told: it tries for ever, where and when it is let. */
class Manager implements Attempting {
  readonly clock = new FakeClock();
  delayMs = FIRST_MS;
  /** How long an attempt takes to fail; null: it succeeds. */
  failsAfterMs: number | null = 5;
  /** Whether anything answers when the server is asked for. */
  reachable = false;
  answersAfterMs = 0;
  asked = 0;
  readonly attemptsAtMs: number[] = [];
  #next: { cancel(): void } | null = null;
  readonly #listeners = new Map<string, () => void>();
  readonly attempts = paceAttempts(this, {
    clock: this.clock,
    reach: async () => {
      this.asked += 1;
      await new Promise<void>((resolve) => this.clock.after(this.answersAfterMs, resolve));
      if (!this.reachable) throw new TypeError('Failed to fetch');
    },
    connect: () => {
      this.#next?.cancel();
      this.#attempt();
    },
  });

  on(name: string, listener: () => void): void {
    this.#listeners.set(name, listener);
  }

  reconnectionDelay(ms: number): void {
    this.delayMs = ms;
  }

  reconnectionDelayMax(ms: number): void {
    expect(ms).toBe(this.delayMs);
  }

  lose(): void {
    this.#next = this.clock.after(this.delayMs, () => {
      this.#listeners.get('reconnect_attempt')?.();
      this.#attempt();
    });
  }

  #attempt(): void {
    this.attemptsAtMs.push(this.clock.nowMs());
    if (this.failsAfterMs === null) this.#listeners.get('open')?.();
    else {
      this.#next = this.clock.after(this.failsAfterMs, () => {
        this.#listeners.get('error')?.();
        this.lose();
      });
    }
  }
}

describe('attempts to get the line back', () => {
  let manager: Manager;
  beforeEach(() => {
    manager = new Manager();
    manager.lose();
  });
  const distances = (count: number) =>
    manager.attemptsAtMs.slice(1, count).map((atMs, index) => atMs - (manager.attemptsAtMs[index] ?? 0));

  test('keep their distance when each fails at once', async () => {
    await manager.clock.advanceAsync(4_000);
    expect(distances(6)).toEqual(Array(5).fill(700));
  });

  test('follow each other at once when each has waited long for an answer', async () => {
    manager.failsAfterMs = 2_500;
    await manager.clock.advanceAsync(16_000);
    expect(distances(6)).toEqual(Array(5).fill(2_600));
  });

  test('are fewer in two minutes than a browser slows down, because the server is asked for instead', async () => {
    await manager.clock.advanceAsync(120_000);
    expect(manager.attemptsAtMs.length).toBeLessThan(13);
    expect(manager.asked).toBeGreaterThan(150);
  });

  test('succeed soon after the server can be reached again', async () => {
    await manager.clock.advanceAsync(120_000);
    manager.reachable = true;
    manager.failsAfterMs = null;
    const backAtMs = manager.clock.nowMs();
    await manager.clock.advanceAsync(1_000);
    expect((manager.attemptsAtMs.at(-1) ?? 0) - backAtMs).toBeLessThan(750);
    expect(manager.delayMs).toBe(FIRST_MS);
    const { asked } = manager;
    await manager.clock.advanceAsync(60_000);
    expect(manager.asked).toBe(asked);
  });

  test('succeed within the space between two where the server can be reached again soon', async () => {
    const lateMs = [];
    for (let goneMs = 1_000; goneMs < 3_000; goneMs += 50) {
      const soon = new Manager();
      soon.lose();
      await soon.clock.advanceAsync(goneMs);
      soon.reachable = true;
      soon.failsAfterMs = null;
      await soon.clock.advanceAsync(1_000);
      expect(soon.delayMs).toBe(FIRST_MS);
      lateMs.push((soon.attemptsAtMs.at(-1) ?? 0) - goneMs);
    }
    expect(Math.max(...lateMs)).toBeLessThanOrEqual(255);
  });

  test('are begun anew when one of before is without an answer and the server can be reached', async () => {
    manager.failsAfterMs = 2_500;
    await manager.clock.advanceAsync(4_000);
    const { length } = manager.attemptsAtMs;
    manager.reachable = true;
    await manager.clock.advanceAsync(300);
    expect(manager.attemptsAtMs.length).toBe(length + 1);
  });

  test('are let be when they have begun after the look that was answered', async () => {
    manager.failsAfterMs = 2_500;
    manager.answersAfterMs = 1_000;
    await manager.clock.advanceAsync(3_000);
    const { length } = manager.attemptsAtMs;
    manager.reachable = true;
    await manager.clock.advanceAsync(1_500);
    expect(manager.attemptsAtMs.length).toBe(length);
  });

  test('are looked out for from the start the next time, whatever a look of before was answered', async () => {
    await manager.clock.advanceAsync(1_000);
    manager.answersAfterMs = 1_000;
    await manager.clock.advanceAsync(100);
    manager.reachable = true;
    manager.failsAfterMs = null;
    await manager.clock.advanceAsync(2_000);
    expect(manager.delayMs).toBe(FIRST_MS);
    const { asked } = manager;
    manager.failsAfterMs = 5;
    manager.lose();
    await manager.clock.advanceAsync(FIRST_MS + 5 + 100);
    expect(manager.asked).toBe(asked + 1);
  });

  test('are not many where somebody answers who takes no socket', async () => {
    manager.reachable = true;
    await manager.clock.advanceAsync(120_000);
    expect(manager.attemptsAtMs.length).toBeLessThan(60);
    expect(Math.min(...distances(1_000).slice(6))).toBeGreaterThan(2_000);
  });

  test('are made again after a pause when the server has refused, and only while none is on', async () => {
    manager.failsAfterMs = null;
    await manager.clock.advanceAsync(1_000);
    manager.attempts.later();
    await manager.clock.advanceAsync(2_400);
    expect(manager.attemptsAtMs).toHaveLength(1);
    await manager.clock.advanceAsync(200);
    expect(manager.attemptsAtMs).toHaveLength(2);
    manager.attempts.later();
    manager.attempts.rest();
    await manager.clock.advanceAsync(10_000);
    expect(manager.attemptsAtMs).toHaveLength(2);
  });

  test('end with the call', async () => {
    await manager.clock.advanceAsync(10_000);
    manager.attempts.rest();
    const { asked } = manager;
    await manager.clock.advanceAsync(10_000);
    expect(manager.asked).toBe(asked);
  });
});
