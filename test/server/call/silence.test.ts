import { expect, test } from 'vitest';
import { SilenceWatch } from '../../../server/call/silence.ts';
import { FakeClock } from '../../fakes/clock.ts';

function watch() {
  const clock = new FakeClock();
  const counts: number[] = [];
  return { clock, counts, silence: new SilenceWatch(clock, (count) => counts.push(count)) };
}

test('counts silences in a row', () => {
  const { clock, counts, silence } = watch();
  silence.wait();
  clock.advance(9_000);
  silence.wait();
  clock.advance(9_000);
  expect(counts).toEqual([1, 2]);
});

test('begins to count anew when the caller has said something', () => {
  const { clock, counts, silence } = watch();
  silence.wait();
  clock.advance(9_000);
  silence.heard();
  silence.wait();
  clock.advance(9_000);
  expect(counts).toEqual([1, 1]);
});

test('does not run while somebody speaks, and leaves no timer', () => {
  const { clock, counts, silence } = watch();
  silence.wait();
  silence.pause();
  clock.advance(60_000);
  expect(counts).toEqual([]);
  expect(clock.pending).toBe(0);
});
