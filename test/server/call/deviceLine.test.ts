import { expect, test } from 'vitest';
import { follows, isSameLine } from '../../../server/call/deviceLine.ts';

const line = (id: string, attempt: number) => ({ id, attempt });

test('a line is the same by its name, and none is the same as none', () => {
  expect(isSameLine(line('a', 1), line('a', 2))).toBe(true);
  expect(isSameLine(line('a', 1), line('b', 1))).toBe(false);
  expect(isSameLine(null, null)).toBe(false);
});

test('a socket follows those of its line that were opened before it, and one that does not count', () => {
  expect(follows(line('a', 2), line('a', 1))).toBe(true);
  expect(follows(line('a', 1), line('a', 2))).toBe(false);
  expect(follows(line('a', 0), line('a', 0))).toBe(true);
  expect(follows(line('b', 2), line('a', 1))).toBe(false);
  expect(follows(null, line('a', 1))).toBe(false);
});
