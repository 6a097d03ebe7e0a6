import { describe, expect, test } from 'vitest';
import { SpeechGate, WINDOW_MS } from '../../../server/turns/speechGate.ts';

/** Changes with the number of the window that brought them, from 1. */
function feed(probabilities: number[]): { at: number; type: string; atMs: number }[] {
  const gate = new SpeechGate();
  return probabilities.flatMap((probability, index) => {
    const change = gate.push(probability, (index + 1) * WINDOW_MS);
    return change ? [{ at: index + 1, ...change }] : [];
  });
}
const times = (count: number, value: number) => Array<number>(count).fill(value);

describe('the gate of the server', () => {
  test('three windows are believed, a click is not', () => {
    expect(feed([0.9, 0.9, 0.1, 0.9])).toEqual([]);
    expect(feed([0.1, 0.9, 0.9, 0.9])).toEqual([{ at: 4, type: 'start', atMs: WINDOW_MS }]);
  });

  test('is quiet as soon as the voice has surely ceased, and ends after a pause', () => {
    expect(feed([...times(5, 0.9), 0.2, ...times(6, 0.1)]).slice(1)).toEqual([
      { at: 6, type: 'quiet', atMs: 5 * WINDOW_MS },
      { at: 11, type: 'end', atMs: 5 * WINDOW_MS },
    ]);
  });

  test('is quiet after two doubtful windows, not after one', () => {
    expect(feed([...times(5, 0.9), 0.5, 0.9, 0.55, 0.55]).slice(1)).toMatchObject([{ at: 9, type: 'quiet' }]);
  });

  test('a closure inside of a word is over with one window, without an end', () => {
    expect(feed([...times(5, 0.9), 0.1, 0.1, 0.8, 0.9]).slice(1)).toEqual([
      { at: 6, type: 'quiet', atMs: 5 * WINDOW_MS },
      { at: 8, type: 'again', atMs: 7 * WINDOW_MS },
    ]);
  });
});
