/** Time as an argument: the real clock in production, a fake one in tests. */
export type TimerHandle = { cancel(): void };

export type Clock = {
  /** Monotonic milliseconds since an arbitrary origin; for durations. */
  nowMs(): number;
  /** Milliseconds since the Unix epoch; for time stamps. */
  epochMs(): number;
  after(delayMs: number, run: () => void): TimerHandle;
  every(periodMs: number, run: () => void): TimerHandle;
};

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  epochMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  every(periodMs, run) {
    const timer = setInterval(run, periodMs);
    return { cancel: () => clearInterval(timer) };
  },
};
