import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OverlapResult, overlapCall } from '../../scripts/bench/overlapCall.ts';
import { openEngines } from '../../scripts/bench/overlaps.ts';
import { noise, voskFiles } from '../fakes/recordings.ts';

const SAYS =
  'Your parcel left our warehouse in Leeds on Monday. The carrier expects to bring it on Thursday.';

type Engines = Awaited<ReturnType<typeof openEngines>>;

/** Silero, Vosk, flite, the exchange and the pacer, in real time. */
describe.skipIf(!voskFiles)('speech over the assistant, with real ears and voices', () => {
  let engines: Engines;
  beforeAll(async () => {
    engines = await openEngines();
  });
  afterAll(() => Promise.all([engines?.vad.close(), engines?.stt.close(), engines?.tts.close()]));

  async function over(said: string, voice: string, more: { says?: string; atMs?: number } = {}) {
    const { pcm16k } = await engines.tts.synthesise(said, { language: 'en', voice });
    return await overlapCall({ says: SAYS, pcm16k, atMs: 900, expects: 'open', ...more }, engines);
  }
  const types = ({ timeline }: OverlapResult) =>
    timeline.map(({ type }) => type).filter((type) => /interrupted|resumed/.test(type));

  /** What became of each, as `name: outcome`; a recogniser that mishears one of a few is no failure. */
  async function outcomes(overlaps: readonly (readonly [said: string, voice: string])[]) {
    const results: { name: string; result: OverlapResult }[] = [];
    for (const [said, voice] of overlaps) {
      results.push({ name: `${said} (${voice})`, result: await over(said, voice) });
    }
    return results;
  }

  test('stops it when it is meant, and the dialog learns what was heard', async () => {
    const results = await outcomes([
      ['Stop.', 'awb'],
      ['Wait a minute.', 'rms'],
      ['Sorry, where is my order?', 'rms'],
      ['No, I mean the other one.', 'awb'],
      ['Stop talking please.', 'rms'],
      ['I have a different question.', 'kal16'],
    ]);
    const obeyed = results.filter(({ result }) => types(result).join() === 'assistant.interrupted');
    expect(obeyed.length, namesOf(obeyed)).toBeGreaterThanOrEqual(5);
    for (const { result } of obeyed) {
      expect(result.heardTexts).toHaveLength(1);
      expect(SAYS.startsWith(result.heardTexts[0] ?? '-')).toBe(true);
      expect(result.turns).toHaveLength(1);
    }
  });

  test('does not stop it when it only says "I am listening": it goes on to its end', async () => {
    const results = await outcomes([
      ['Right.', 'rms'],
      ['Sure.', 'rms'],
      ['Sure.', 'awb'],
      ['Great.', 'rms'],
      ['Of course.', 'awb'],
      ['Okay, okay.', 'rms'],
    ]);
    const ignored = results.filter(({ result }) => types(result).join() === 'assistant.resumed');
    expect(ignored.length, namesOf(ignored)).toBeGreaterThanOrEqual(5);
    for (const { result } of ignored) {
      expect(result.heardTexts).toEqual([]);
      expect(result.turns).toEqual([]);
      expect(result.timeline.filter(({ type }) => type === 'assistant.audio.end')).toHaveLength(1);
    }
  });

  test('a knock in the room does not stop it', async () => {
    const result = await overlapCall({ says: SAYS, pcm16k: noise(60, -8), atMs: 900 }, engines);
    expect(types(result)).not.toContain('assistant.interrupted');
    expect(result.turns).toEqual([]);
  });
});

function namesOf(results: readonly { name: string }[]): string {
  return `only ${results.map(({ name }) => name).join(', ')}`;
}
