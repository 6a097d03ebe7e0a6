import { describe, expect, test } from 'vitest';
import { StallWatch } from '../../../scripts/call/stallWatch.ts';

function ticking(untilMs: number): StallWatch {
  const watch = new StallWatch(20, 0);
  for (let nowMs = 20; nowMs <= untilMs; nowMs += 20) watch.tick(nowMs);
  return watch;
}

describe('the stall watch', () => {
  test('a process that runs in time is never late', () => {
    const watch = ticking(100);
    expect(watch.lateMs(100)).toBe(0);
    expect(watch.lateMs(115)).toBe(0);
  });

  test('a stall shows before the late tick has run', () => {
    expect(ticking(100).lateMs(250)).toBe(130);
  });

  test('and for a moment after it, for what had waited in the socket', () => {
    const watch = ticking(100);
    watch.tick(250);
    expect(watch.lateMs(251)).toBe(130);
    watch.tick(270);
    expect(watch.lateMs(275)).toBe(0);
  });
});
