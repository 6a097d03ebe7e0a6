import { expect, test } from 'vitest';
import { TranscriptLog } from '../../../server/call/transcript.ts';

test('a call with more lines than anybody says keeps the latest ones', () => {
  const log = new TranscriptLog({ language: 'en', contact: null });
  for (let index = 0; index < 1_200; index += 1) {
    log.put({ id: `turn_${index}`, speaker: 'caller', text: `${index}`, final: true }, index);
  }
  const lines = log.lines();
  expect(lines).toHaveLength(1_000);
  expect(lines.at(0)?.text).toBe('200');
  expect(lines.at(-1)?.text).toBe('1199');
});

test('a line that is told anew keeps its place', () => {
  const log = new TranscriptLog({ language: 'en', contact: null });
  log.put({ id: 'a', speaker: 'caller', text: 'where', final: false }, 1);
  log.put({ id: 'b', speaker: 'assistant', text: 'Hello.', final: true }, 2);
  log.put({ id: 'a', speaker: 'caller', text: 'where is it', final: true }, 3);
  expect(log.lines().map(({ text }) => text)).toEqual(['where is it', 'Hello.']);
});
