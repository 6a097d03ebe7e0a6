import { expect, test } from 'vitest';
import { HintTrust } from '../../../server/turns/hintTrust.ts';

test('one contradiction is forgiven, further ones cost ever longer pauses', () => {
  const trust = new HintTrust();
  trust.contradicted(0);
  expect(trust.believes(0)).toBe(true);
  trust.contradicted(1_000);
  expect([trust.believes(5_999), trust.believes(6_000)]).toEqual([false, true]);
  trust.contradicted(6_000);
  expect([trust.believes(15_999), trust.believes(16_000)]).toEqual([false, true]);
});

test('a device that is right again is believed again', () => {
  const trust = new HintTrust();
  trust.contradicted(0);
  trust.agreed();
  trust.contradicted(100);
  expect(trust.believes(100)).toBe(true);
});

test('whoever never tells the truth is heard a dozen times an hour at most', () => {
  const trust = new HintTrust();
  let believed = 0;
  for (let nowMs = 0; nowMs < 3_600_000; nowMs += 500) {
    if (!trust.believes(nowMs)) continue;
    believed += 1;
    trust.contradicted(nowMs);
  }
  expect(believed).toBeLessThan(20);
});
