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

test('a call in which pages are written keeps the latest ones', () => {
  const log = new TranscriptLog({ language: 'en', contact: null });
  const page = (index: number) => ({
    id: `turn_${index}`,
    speaker: 'caller' as const,
    text: 'x'.repeat(2_000),
  });
  for (let index = 0; index < 100; index += 1) {
    log.put({ ...page(index), final: false }, index);
    log.put({ ...page(index), final: true }, index);
  }
  expect(log.lines()).toHaveLength(50);
  expect(log.lines().at(-1)?.id).toBe('turn_99');
});

test('a line that is told anew keeps its place', () => {
  const log = new TranscriptLog({ language: 'en', contact: null });
  log.put({ id: 'a', speaker: 'caller', text: 'where', final: false }, 1);
  log.put({ id: 'b', speaker: 'assistant', text: 'Hello.', final: true }, 2);
  log.put({ id: 'a', speaker: 'caller', text: 'where is it', final: true }, 3);
  expect(log.lines().map(({ text }) => text)).toEqual(['where is it', 'Hello.']);
});
