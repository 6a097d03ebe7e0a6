import { expect, test } from 'vitest';
import { trailingDigits } from '../../../server/turns/spokenDigits.ts';

test.each([
  ['my order number is one zero four two seven', 5],
  ['one zero four to seven', 5],
  ['one zero for three five', 5],
  ['one zero forty seven', 5],
  ['double oh seven', 3],
  ['triple two', 3],
  ['order 10427', 5],
  ['i want to return two', 1],
  ['waiting for seven', 1],
  ['it is for', 0],
  ['where is my order', 0],
  ['', 0],
])('%j ends in %d digits', (text, digits) => {
  expect(trailingDigits(text)).toBe(digits);
});
