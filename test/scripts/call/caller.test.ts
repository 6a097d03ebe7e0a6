import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CallRequest, placeCall } from '../../../scripts/call/caller.ts';
import { placeCalls } from '../../../scripts/call/load.ts';
import { describeCall } from '../../../scripts/call/report.ts';
import { readWav } from '../../../scripts/call/wav.ts';
import { systemClock } from '../../../shared/clock.ts';
import { mediaWorker } from './echoRoom.ts';
import { tone } from './tone.ts';
import { ToneServer } from './toneServer.ts';

const PAUSE_MS = 500;
const workerBin = mediaWorker();
const turn = (said: string) => ({ kind: 'voice', said, pcm16k: tone(700) }) as const;

describe.skipIf(!workerBin)('a whole call, to a server that speaks in tones', () => {
  let server: ToneServer;
  beforeAll(async () => {
    server = await ToneServer.start(workerBin!, { pauseMs: PAUSE_MS });
  });
  afterAll(() => server?.close());

  const request = (rest: Partial<CallRequest> = {}): CallRequest => ({
    url: server.url,
    origin: 'http://shop.example',
    site: 'demo',
    lang: 'en',
    page: 'http://shop.example/',
    context: {},
    identity: null,
    turns: [],
    bargeInMs: null,
    dtx: false,
    ...rest,
  });

  test('hears the greeting, speaks its turns, measures the answers, records and hangs up', async () => {
    const recording = Promise.withResolvers<Uint8Array>();
    const report = await placeCall(
      request({ turns: [turn('one'), turn('two')], onRecording: recording.resolve }),
      systemClock,
    );
    expect(report).toMatchObject({ callId: 'call_1', greeting: 'greeting', ended: 'caller', errors: [] });
    expect(report.greetingMs).toBeGreaterThan(0);
    expect(report.turns.map(({ said, caller, assistant }) => [said, caller, assistant])).toEqual([
      ['one', 'heard 1', 'answer 1'],
      ['two', 'heard 2', 'answer 2'],
    ]);
    for (const { voiceToVoiceMs, talkedOver } of report.turns) {
      expect(talkedOver).toBe(false);
      expect(voiceToVoiceMs).toBeGreaterThan(PAUSE_MS - 20);
    }
    expect(report.transcript).toHaveLength(5);
    expect(report.audio.lostPackets).toBe(0);
    expect(describeCall(report)).toContain('answer 2');
    const { rateHz, samples } = readWav(await recording.promise);
    expect(rateHz).toBe(16_000);
    expect(samples.length).toBeGreaterThan(3 * 1500 * 16);
  });

  test('interrupts, and measures until it is silent', async () => {
    const report = await placeCall(request({ turns: [turn('stop')], bargeInMs: 400 }), systemClock);
    expect(report.errors).toEqual([]);
    expect(report.turns[0]?.bargeInStopMs).not.toBeNull();
    expect(report.turns[0]?.bargeInStopMs).toBeLessThan(1000);
    expect(report.turns[0]?.voiceToVoiceMs).toBeGreaterThan(PAUSE_MS - 20);
  });

  test('many calls at once share one process', async () => {
    const { reports } = await placeCalls([request(), request(), request()], {
      rampMs: 300,
      clock: systemClock,
    });
    expect(reports.map(({ ended }) => ended)).toEqual(['caller', 'caller', 'caller']);
  });
});

test('a server that is not there is an error in the report, not an exception', async () => {
  const report = await placeCall(
    {
      url: 'http://127.0.0.1:2',
      origin: 'http://shop.example',
      site: 'demo',
      lang: 'auto',
      page: '',
      context: {},
      identity: null,
      turns: [],
      bargeInMs: null,
      dtx: false,
    },
    systemClock,
  );
  expect(report.errors).toEqual([expect.objectContaining({ code: 'unreachable' })]);
  expect(report.ended).toBeNull();
});
