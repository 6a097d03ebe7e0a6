import { expect, test, vi } from 'vitest';
import { Beat } from '../../../server/audio/beat.ts';
import { FakeClock } from '../../fakes/clock.ts';

test('one run that fails, with every beat, takes the beat from no other, and is told once', () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const clock = new FakeClock();
  const beat = Beat.of(clock);
  const failing = beat.join(() => {
    throw new Error('broken');
  });
  let beats = 0;
  const other = beat.join(() => {
    beats += 1;
  });
  clock.advance(60);
  expect(beats).toBe(3);
  expect(warned.mock.calls).toEqual([[expect.objectContaining({ message: 'broken' })]]);
  warned.mockRestore();
  failing.cancel();
  other.cancel();
  expect(clock.pending).toBe(0);
});
