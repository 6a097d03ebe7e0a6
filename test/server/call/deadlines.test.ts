import { expect, test } from 'vitest';
import { Deadlines } from '../../../server/call/deadlines.ts';
import { FakeClock } from '../../fakes/clock.ts';

function deadlines() {
  const clock = new FakeClock();
  const reached: string[] = [];
  return { clock, reached, limits: new Deadlines(clock, (reason) => reached.push(reason)) };
}

test('the limit that is reached tells its reason', () => {
  const { clock, reached, limits } = deadlines();
  limits.set('answer', 1_000, 'timeout');
  limits.set('unattended', 500, 'disconnected');
  clock.advance(600);
  expect(reached).toEqual(['disconnected']);
});

test('a limit set again starts anew, a cleared one is never reached', () => {
  const { clock, reached, limits } = deadlines();
  limits.set('answer', 1_000, 'timeout');
  clock.advance(900);
  limits.set('answer', 1_000, 'timeout');
  clock.advance(900);
  limits.clear('answer');
  clock.advance(10_000);
  expect(reached).toEqual([]);
});

test('closing leaves no timer', () => {
  const { clock, limits } = deadlines();
  limits.set('answer', 1_000, 'timeout');
  limits.close();
  expect(clock.pending).toBe(0);
});
