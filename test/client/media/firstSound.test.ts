import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { untilSound } from '../../../client/media/firstSound.ts';

describe('the first sound', () => {
  let now: { heard: boolean; made: boolean; ended: boolean };
  let outcome: string;
  beforeEach(() => {
    vi.useFakeTimers();
    now = { heard: false, made: false, ended: false };
    outcome = 'waits';
    untilSound(() => now).then(
      () => (outcome = 'made'),
      (error: Error) => (outcome = error.message),
    );
  });
  afterEach(() => void vi.useRealTimers());
  const within = async (ms: number, change: Partial<typeof now> = {}) => {
    now = { ...now, ...change };
    await vi.advanceTimersByTimeAsync(ms);
    return [outcome, vi.getTimerCount()];
  };

  it('is waited for in silence, for as long as there is a microphone', async () => {
    expect(await within(600_000)).toEqual(['waits', 1]);
    expect(await within(100, { ended: true })).toEqual(['The microphone has ended.', 0]);
  });

  it('has come through when something is made of it', async () => {
    await within(1_000, { heard: true });
    expect(await within(100, { made: true })).toEqual(['made', 0]);
  });

  it('is lost when nothing is made of what is heard', async () => {
    expect(await within(1_900, { heard: true })).toEqual(['waits', 1]);
    expect(await within(60_000, { heard: false })).toEqual(['waits', 1]);
    expect(await within(100, { heard: true })).toEqual(['RNNoise gives no sound.', 0]);
  });
});
