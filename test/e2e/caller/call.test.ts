import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServerUnderTest } from '../../../scripts/bench/server.ts';
import { stagesOf } from '../../../scripts/bench/stages.ts';
import { type CallRequest, placeCall } from '../../../scripts/call/caller.ts';
import { shopIdentity } from '../../../scripts/call/shopIdentity.ts';
import { prepareTurns, type TurnRequest } from '../../../scripts/call/turn.ts';
import { readWav } from '../../../scripts/call/wav.ts';
import { loadFlite } from '../../../server/speech/engines/flite.ts';
import { systemClock } from '../../../shared/clock.ts';
import { languageModelDir } from '../../fakes/languageModel.ts';
import { recording } from '../../fakes/recordings.ts';
import { Listener, sharedWords } from '../listener.ts';
import { returnOfYesterday } from '../returnOfYesterday.ts';

describe('a call without a browser, to the real server', () => {
  let server: ServerUnderTest;
  let missing: string | null = null;

  beforeAll(async () => {
    server = await ServerUnderTest.start();
    missing = await whatIsMissing(server);
    if (missing) console.warn(`skipped: ${missing}`);
  });

  afterAll(() => server?.close());

  async function call(turns: TurnRequest[], rest: Partial<CallRequest> = {}) {
    const engine = await loadFlite();
    const spoken = await prepareTurns(turns, engine, 'rms').finally(() => engine.close());
    return placeCall(
      {
        url: server.url,
        origin: server.origin,
        site: 'demo',
        lang: 'en',
        page: `${server.origin}/returns`,
        context: {},
        identity: null,
        turns: spoken,
        bargeInMs: null,
        dtx: false,
        ...rest,
      },
      systemClock,
    );
  }

  test('the greeting names the return that the page tells of, in words and in sound', async ({ skip }) => {
    skip(missing !== null, missing ?? '');
    const recording = Promise.withResolvers<Uint8Array>();
    const report = await call([], { context: returnOfYesterday(), onRecording: recording.resolve });
    expect(report.errors).toEqual([]);
    expect(report.greeting).toMatch(/return/i);
    expect(report.greeting).toMatch(/lamp/i);
    expect(report.ended).toBe('caller');
    const listener = await Listener.open();
    const heard = await listener.hear(readWav(await recording.promise).samples);
    await listener.close();
    expect(sharedWords(report.greeting ?? '', heard), heard).toBeGreaterThan(0.5);
    expect(heard).toMatch(/return|lamp/);
  });

  test('a signed-in caller asks where their order is and is told', async ({ skip }) => {
    skip(missing !== null, missing ?? '');
    const identity = await shopIdentity(server.origin, 'cus_jane');
    const report = await call([{ kind: 'say', text: 'Where is my order?' }], { identity });
    expect(report.errors).toEqual([]);
    const [turn] = report.turns;
    expect(turn?.caller).toMatch(/order/);
    expect(turn?.assistant).toMatch(/order|dispatched|on its way|deliver/i);
    expect(turn?.voiceToVoiceMs).toBeGreaterThan(0);
    expect(turn?.talkedOver).toBe(false);
    const timeline = await server.timeline(report.callId ?? '');
    expect(timeline.at(0)?.type).toBe('call.start');
    expect(timeline.at(-1)).toMatchObject({ type: 'call.end', reason: 'caller' });
    expect(stagesOf(timeline)).toHaveLength(1);
  });

  test('a caller whose device says nothing is known by their language all the same', async ({ skip }) => {
    const wav = recording('de/de4-68.wav');
    skip(missing !== null || !wav || !languageModelDir, missing ?? 'no recording or no language model');
    const report = await call([{ kind: 'wav', file: wav as string }]);
    const timeline = await server.timeline(report.callId ?? '');
    const heard = timeline.filter(({ type }) => type === 'language.heard');
    expect(heard).toMatchObject([{ language: 'de', source: 'server' }]);
  });

  test('an assistant that is spoken over falls silent and answers what was asked', async ({ skip }) => {
    skip(missing !== null, missing ?? '');
    const turns: TurnRequest[] = [{ kind: 'say', text: 'Sorry, what are your opening hours?' }];
    const report = await call(turns, { context: returnOfYesterday(), bargeInMs: 700 });
    expect(report.errors).toEqual([]);
    expect(report.turns[0]?.bargeInStopMs).not.toBeNull();
    expect(report.turns[0]?.assistant).toMatch(/open|hours|nine|from/i);
    const timeline = await server.timeline(report.callId ?? '');
    expect(timeline.some(({ type }) => type === 'assistant.interrupted')).toBe(true);
  });

  test('what is written is answered in the same call', async ({ skip }) => {
    skip(missing !== null, missing ?? '');
    const report = await call([{ kind: 'text', text: 'What are your opening hours?' }]);
    expect(report.errors).toEqual([]);
    expect(report.turns[0]?.assistant).toMatch(/open|hours|nine|from/i);
  });

  test('a foreign origin is refused by its code', async () => {
    const report = await call([], { origin: 'https://elsewhere.example' });
    expect(report.errors).toEqual([expect.objectContaining({ code: 'ORIGIN_NOT_ALLOWED' })]);
    expect(report.callId).toBeNull();
  });
});

async function whatIsMissing(server: ServerUnderTest): Promise<string | null> {
  const response = await fetch(new URL('/readyz', server.url));
  const { parts } = (await response.json()) as { parts: Record<string, { ok: boolean; detail?: string }> };
  const lacking = Object.entries(parts).filter(([, { ok }]) => !ok);
  return lacking.length === 0 ? null : lacking.map(([name, { detail }]) => `${name}: ${detail}`).join('; ');
}
