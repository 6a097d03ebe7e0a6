import { describe, expect, it } from 'vitest';
import { DeadInput } from '../../../client/hearing/deadInput.ts';

const silence = new Float32Array(512);
const faint = new Float32Array(512).fill(1e-7, 300, 301);

/** Windows of exact silence until it is noticed. */
function patience(input: DeadInput): number {
  for (let windows = 1; windows < 10_000; windows += 1) {
    if (input.update(silence)) return windows * 32;
  }
  return Number.POSITIVE_INFINITY;
}

describe('a microphone that gives nothing', () => {
  it('is noticed after four seconds, once, and given up with the first sound', () => {
    const input = new DeadInput();
    expect(patience(input)).toBe(4_000);
    expect(input.update(silence)).toBeNull();
    expect(input.update(faint)).toBe(false);
    expect(input.update(faint)).toBeNull();
  });

  it('is not one that is only quiet', () => {
    const input = new DeadInput();
    for (let at = 0; at < 1_000; at += 1) {
      expect(input.update(at % 100 === 99 ? faint : silence)).toBeNull();
    }
  });

  it('takes longer to be believed each time that it was wrong, but not for ever', () => {
    const input = new DeadInput();
    const waits = Array.from({ length: 7 }, () => {
      const wait = patience(input);
      input.update(faint);
      return wait;
    });
    expect(waits).toEqual([4_000, 8_000, 16_000, 32_000, 64_000, 64_000, 64_000]);
  });
});
