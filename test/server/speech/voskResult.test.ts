import { describe, expect, test } from 'vitest';
import { readVoskResult } from '../../../server/speech/engines/voskResult.ts';

const word = (text: string, start: number, end: number) => ({ word: text, start, end });

describe('readVoskResult', () => {
  test('is empty for silence', () => {
    const empty = { text: '', confidence: 0, words: [], alternatives: [] };
    expect(readVoskResult('{"alternatives":[{"confidence":1,"text":""}]}', 0)).toEqual(empty);
    expect(readVoskResult('{"text":""}', 0)).toEqual(empty);
  });

  test('trusts the words that all readings share, and doubts the others', () => {
    const result = readVoskResult(
      JSON.stringify({
        alternatives: [
          { confidence: 100, text: ' four to ', result: [word('four', 5, 5.3), word('to', 5.3, 5.5)] },
          { confidence: 100, text: ' four two ', result: [word('four', 5, 5.31), word('two', 5.31, 5.5)] },
        ],
      }),
      5,
    );
    expect(result.text).toBe('four to');
    expect(result.alternatives).toEqual(['four two']);
    expect(result.words).toEqual([
      { text: 'four', startMs: 0, endMs: 300, confidence: 1 },
      { text: 'to', startMs: 300, endMs: 500, confidence: 0.5 },
    ]);
    expect(result.confidence).toBe(0.75);
  });

  test('does not take the same word elsewhere for the same sound', () => {
    const { words } = readVoskResult(
      JSON.stringify({
        alternatives: [
          { confidence: 0, text: 'yes', result: [word('yes', 0, 0.3)] },
          { confidence: 0, text: 'yes', result: [word('yes', 1, 1.3)] },
        ],
      }),
      0,
    );
    expect(words[0]?.confidence).toBe(0.5);
  });

  test('weighs readings by likelihood', () => {
    const { confidence } = readVoskResult(
      JSON.stringify({
        alternatives: [
          { confidence: 200, text: 'no', result: [word('no', 0, 0.3)] },
          { confidence: 170, text: 'know', result: [word('know', 0, 0.3)] },
        ],
      }),
      0,
    );
    expect(confidence).toBeGreaterThan(0.99);
  });
});
