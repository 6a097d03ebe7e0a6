import { beforeEach, expect, test } from 'vitest';
import { NoiseWatch } from '../../../server/call/noiseWatch.ts';
import { FakeClock } from '../../fakes/clock.ts';

let clock: FakeClock;
let watch: NoiseWatch;
beforeEach(() => {
  clock = new FakeClock();
  watch = new NoiseWatch(clock);
});

function sounds(count: number, everyMs = 2_000): boolean[] {
  return Array.from({ length: count }, () => {
    clock.advance(everyMs);
    return watch.wordless();
  });
}

function utterances(...snrsDb: number[]): boolean[] {
  return snrsDb.map((snrDb) => {
    watch.utterance({ snrDb, levelDb: -50 });
    return watch.words();
  });
}

test('sounds without words, one after the other, are a noisy line, told once', () => {
  expect(sounds(9)).toEqual([false, false, false, true, false, false, false, false, false]);
});

test('a word between them starts the count anew', () => {
  sounds(3);
  watch.words();
  expect(sounds(3)).not.toContain(true);
});

test('a cough now and then is none', () => {
  expect(sounds(20, 15_000)).not.toContain(true);
});

test('utterances that noise nearly covers are a noisy line, told once with whatever is noticed first', () => {
  expect(utterances(5, 6, 4, 3, 2)).toEqual([false, false, true, false, false]);
  expect(sounds(6)).not.toContain(true);
});

test('one good utterance starts the count anew, and a quiet caller on a quiet line is none', () => {
  expect(utterances(5, 5, 20, 5, 5)).not.toContain(true);
});
