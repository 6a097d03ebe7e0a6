import fc from 'fast-check';
import { expect, test } from 'vitest';
import { speakableAscii } from '../../../server/speech/speakable.ts';

test.each([
  ['Jürgen’s café', "Jurgen's cafe"],
  ['€ 29.99 and £5', '29.99 euros and 5 pounds'],
  ['10 % off & free', '10 percent off and free'],
  ['anna@example.com', 'anna at example.com'],
  ['one – two', 'one, two'],
  ['<speak>Hi</speak>', 'speak Hi /speak'],
  ['line\n\tbreak\u0000\u001b[31m', 'line break 31m'],
  ['👍', ''],
  ['…', ''],
])('%j is spoken as %j', (text, spoken) => {
  expect(speakableAscii(text)).toBe(spoken);
});

test('whatever comes, the engine gets a short line of ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
      expect(speakableAscii(text)).toMatch(/^[\x20-\x7e]{0,600}$/);
    }),
  );
});
