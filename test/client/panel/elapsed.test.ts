import { describe, expect, it } from 'vitest';
import { IDLE_CALL } from '../../../client/call/callModel.ts';
import { elapsedText } from '../../../client/panel/elapsed.ts';

describe('elapsed time', () => {
  const since = (ms: number, overAtMs: number | null = null) =>
    elapsedText({ ...IDLE_CALL, liveAtMs: 1000, overAtMs }, 1000 + ms);

  it('counts from the moment the call is live and stops at its end', () => {
    expect(elapsedText(IDLE_CALL, 5000)).toBe('');
    expect(since(999)).toBe('0:00');
    expect(since(65_000)).toBe('1:05');
    expect(since(3_725_000)).toBe('1:02:05');
    expect(since(99_000, 11_000)).toBe('0:10');
  });
});
