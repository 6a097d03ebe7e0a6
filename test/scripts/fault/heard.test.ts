import { describe, expect, it } from 'vitest';
import { Heard } from '../../../scripts/fault/heard.ts';

describe('the gap at the ear', () => {
  const heard = new Heard();
  heard.begin(0, 1);
  heard.end(5_100, 1);
  heard.begin(7_000, 2);
  // The old ear may still tell of silence.
  heard.end(7_200, 1);

  it('ends with the first new sound, not with the rest of the old', () => {
    expect(heard.gapSince(5_000, 8_000)).toBe(2_000);
  });

  it('counts from the repaired path when that was given', () => {
    expect(heard.gapSince(6_500, 8_000)).toBe(500);
  });

  it('is none when the sound goes on', () => {
    expect(heard.gapSince(2_000, 8_000)).toBe(0);
  });

  it('is not judged by a sound whose end may not be known yet', () => {
    const late = new Heard();
    late.begin(0, 1);
    expect(late.gapSince(1_000, 3_000)).toBeNull();
    expect(late.gapSince(1_000, 6_000)).toBe(0);
  });

  it('is not over while nothing new was heard', () => {
    expect(heard.gapSince(7_500, 8_000)).toBeNull();
  });

  it('knows whether something sounds', () => {
    expect(heard.sounding).toBe(true);
    heard.end(8_000);
    expect(heard.sounding).toBe(false);
  });
});
