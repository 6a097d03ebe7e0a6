import { describe, expect, test } from 'vitest';
import { spotPhrases, spottedAs } from '../../../server/turns/spotting.ts';

const readings = (...list: [text: string, margin: number][]) =>
  list.map(([text, margin]) => ({ text, margin }));

describe('what a recogniser of few phrases tells of speech over the assistant', () => {
  test('it listens for listeners’ sounds, alone and twice, and for what wants silence', () => {
    const phrases = spotPhrases('en');
    expect(phrases).toEqual(expect.arrayContaining(['okay', 'okay okay', 'i see', 'stop', 'hold on']));
    expect(new Set(phrases).size).toBe(phrases.length);
    expect(spotPhrases('de')).toContain('genau genau');
  });

  test('a listener’s sound is believed when hardly another reading is better', () => {
    expect(spottedAs([readings(['okay', -2], ['', -5])], 'en')).toBe('backchannel');
    expect(spottedAs([readings(['okay', -6], ['', -1])], 'en')).toBeNull();
    expect(spottedAs([], 'en')).toBeNull();
  });

  test('what wants silence is believed when no reading is better, and never less than a sound that is nearer', () => {
    expect(spottedAs([readings(['wait', 0.5], ['great', -1])], 'en')).toBe('stop');
    expect(spottedAs([readings(['great', 2], ['wait', 0.5])], 'en')).toBe('backchannel');
    expect(spottedAs([readings(['wait', -1], ['great', -2])], 'en')).toBeNull();
    expect(spottedAs([readings(['', 2], ['stop', 1])], 'en')).toBeNull();
  });

  test('all segments must be such sounds, or silence', () => {
    const right = readings(['right', -1], ['', -4]);
    expect(spottedAs([right, readings(['right', -1])], 'en')).toBe('backchannel');
    expect(spottedAs([right, readings(['', -1])], 'en')).toBe('backchannel');
    expect(spottedAs([right, readings(['right', -20], ['', -18])], 'en')).toBeNull();
    expect(spottedAs([right, readings(['stop', 1])], 'en')).toBe('stop');
  });
});
