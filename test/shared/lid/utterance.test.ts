import { beforeEach, describe, expect, it } from 'vitest';
import { type Listened, Utterance } from '../../../shared/lid/utterance.ts';

const PIECE = 512;
const PIECE_S = PIECE / 16_000;

let begun = 0;
let listened: Listened[] = [];
let utterance: Utterance;
let counter = 0;

/** Each sample tells which it is, so that gaps and doubles show. */
function push(seconds: number, speech: boolean): void {
  for (let piece = 0; piece < Math.round(seconds / PIECE_S); piece += 1) {
    const pcm16k = Float32Array.from({ length: PIECE }, () => counter++);
    utterance.push(pcm16k, speech);
    pcm16k.fill(-1);
  }
}
const seconds = () => listened.map((window) => Math.round(window.seconds * 10) / 10);

beforeEach(() => {
  begun = 0;
  listened = [];
  counter = 0;
  utterance = new Utterance({ onBegin: () => (begun += 1), onListened: (window) => listened.push(window) });
});

describe('the speech of an utterance', () => {
  it('is judged as it grows, from three seconds on, and by its last five for a while', () => {
    push(14, true);
    expect(begun).toBe(1);
    expect(seconds()).toEqual([3, 4, 5, 5, 5]);
    expect(listened.every(({ ended }) => !ended)).toBe(true);
  });

  it('is handed on whole and in order, with the sound before it', () => {
    push(1, false);
    push(6, true);
    for (const { pcm16k } of listened) {
      for (let at = 1; at < pcm16k.length; at += 1) {
        if (pcm16k[at] !== (pcm16k[at - 1] as number) + 1) expect.fail(`a gap at ${at}`);
      }
    }
    const [first] = listened;
    expect(first?.pcm16k[0]).toBeGreaterThan(0.7 * 16_000);
    expect(first?.pcm16k[0]).toBeLessThan(0.9 * 16_000);
  });

  it('keeps short pauses and leaves long silences out', () => {
    push(1, true);
    push(0.3, false);
    push(1, true);
    push(0.9, false);
    push(1, true);
    // 1 + 0.3 + 1 + 0.4 of the long pause + 0.2 before the last second.
    expect(seconds()).toEqual([3]);
  });

  it('is judged at its end by what there is, when that is enough and not judged yet', () => {
    push(2.2, true);
    push(1.5, false);
    expect(listened).toMatchObject([{ ended: true }]);
    push(1, true);
    push(1.5, false);
    expect(listened).toHaveLength(1);
    push(3.1, true);
    utterance.end();
    utterance.end();
    expect(seconds()).toEqual([2.6, 3]);
    expect(begun).toBe(3);
  });
});
