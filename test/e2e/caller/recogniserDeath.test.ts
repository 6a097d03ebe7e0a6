import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processTree } from '../../../scripts/bench/processes.ts';
import { callRequest, speakAll } from '../../../scripts/bench/scenarios.ts';
import { ServerUnderTest } from '../../../scripts/bench/server.ts';
import { placeCall } from '../../../scripts/call/caller.ts';
import { systemClock } from '../../../shared/clock.ts';
import { voskFiles } from '../../fakes/recordings.ts';
import { voiceSkipReason } from '../widget/stage.ts';

const skip = !voskFiles || process.platform !== 'linux' || Boolean(voiceSkipReason());

describe.skipIf(skip)('a call whose recogniser crashes again and again', () => {
  let server: ServerUnderTest;
  beforeAll(async () => {
    server = await ServerUnderTest.start();
  }, 60_000);
  afterAll(() => server?.close());

  test('goes on, and every turn is answered', async () => {
    const [turns = []] = await speakAll([['Where is my order?', 'What are your opening hours?']]);
    let crashes = 0;
    const crashing = setInterval(() => {
      const recogniser = processTree(server.pid ?? 0).find(({ command }) => command?.includes('voskProcess'));
      if (!recogniser) return;
      process.kill(recogniser.pid, 'SIGSEGV');
      crashes += 1;
    }, 6_000);
    const report = await placeCall(await callRequest(server, turns), systemClock).finally(() =>
      clearInterval(crashing),
    );
    expect(crashes).toBeGreaterThan(0);
    expect(report.errors).toEqual([]);
    expect(report.turns.map(({ voiceToVoiceMs }) => voiceToVoiceMs !== null)).toEqual([true, true]);
  }, 90_000);
});
