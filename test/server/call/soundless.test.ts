import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callCheckpoint, type Resumed } from '../../../server/call/checkpoint.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FaultyStt, FaultyTts } from '../../fakes/engines.ts';
import { replyOf } from '../../fakes/policy.ts';
import { SpokenCall } from '../../fakes/spokenCall.ts';

const LONG = { text: 'Our shop is open on weekdays from nine to five, and on no other day.' };

let clock: FakeClock;
let caller: SpokenCall;
let states: string[];
const begin = (resumed?: Resumed) =>
  SpokenCall.begin({
    clock,
    stt: [new FaultyStt()],
    tts: [new FaultyTts()],
    script: {
      respond: async ({ text }) =>
        replyOf(`You said ${text}.`, { sentences: [{ text: `You said ${text}.` }, LONG] }),
    },
    ...(resumed && { resumed }),
  });
beforeEach(async () => {
  clock = new FakeClock();
  states = [];
  caller = await begin();
  caller.call.on('state', ({ state, reason }) => states.push(reason ? `${state} ${reason}` : state));
});
afterEach(() => caller.call.end('caller'));

/** Past the greeting, and into an answer. */
async function answering(): Promise<void> {
  caller.call.answer();
  await caller.caller(3_000, false);
  caller.call.hearText('hello', 'a'.repeat(32));
  await caller.caller(200, false);
}

const audible = async (ms: number): Promise<boolean> => {
  const before = caller.heardAtMs;
  await clock.advanceAsync(ms);
  return caller.heardAtMs > before;
};

describe('a call whose sound does not get through', () => {
  test('goes on in writing: what was not heard stands there once, and nobody speaks', async () => {
    await answering();
    caller.lose(true);
    await clock.advanceAsync(20_000);
    expect(states.at(-1)).toBe('reconnecting');
    await caller.call.giveUpMedia();
    await clock.advanceAsync(20);
    expect(states.at(-1)).toBe('live');
    expect(caller.said().slice(1)).toEqual([`You said hello. ${LONG.text}`]);
    caller.call.hearText('again');
    caller.call.hearText('again', 'b'.repeat(32));
    caller.call.hearText('again', 'b'.repeat(32));
    expect(await audible(600_000)).toBe(false);
    expect(caller.said().slice(2)).toEqual(Array(2).fill(`You said again. ${LONG.text}`));
    expect(caller.call.state).toBe('live');
    const types = caller.types.filter((type) => /^line\.|^call\./.test(type));
    expect(types).toEqual(['call.start', 'call.answered', 'line.lost', 'line.givenUp']);
    expect(caller.call.checkpoint()).toMatchObject({ voice: true, inWriting: true });
  });

  test('speaks again once it gets through after all, with nobody muted', async () => {
    await answering();
    caller.call.mute(true);
    caller.lose(true);
    await caller.call.giveUpMedia();
    expect(caller.call.checkpoint()).toMatchObject({ inWriting: true, muted: false });
    await clock.advanceAsync(300_000);
    // A try that fails changes nothing.
    await caller.call.giveUpMedia();
    caller.lose(false);
    caller.call.hearText('and now');
    expect(await audible(2_000)).toBe(true);
    expect(caller.types.filter((type) => type === 'call.reconnected')).toHaveLength(1);
    expect(caller.call.checkpoint().inWriting).toBe(false);
    // A line that breaks anew is looked for anew.
    caller.lose(true);
    expect(caller.call.state).toBe('reconnecting');
  });

  test('greets in writing when there was never any', async () => {
    await caller.call.giveUpMedia();
    expect(caller.said()).toEqual([]);
    caller.call.answer();
    expect(await audible(5_000)).toBe(false);
    expect(caller.said()).toHaveLength(1);
    expect(caller.call.state).toBe('live');
  });

  test('goes on in writing in another process, without a word about what stands on the page', async () => {
    await answering();
    caller.lose(true);
    await caller.call.giveUpMedia();
    await clock.advanceAsync(20);
    const checkpoint = callCheckpoint.parse(JSON.parse(JSON.stringify(caller.call.checkpoint())));
    const before = caller.call;
    const lines = before.transcript();
    before.depart();
    caller = await begin({ callId: before.id, checkpoint, silentMs: 1_000 });
    caller.call.attend({ line: null, taken: () => {} });
    await clock.advanceAsync(20);
    expect(caller.call.state).toBe('live');
    expect(caller.call.transcript()).toEqual(lines);
    caller.call.hearText('again');
    expect(await audible(200_000)).toBe(false);
    expect(caller.said()).toEqual([`You said again. ${LONG.text}`]);
    caller.lose(false);
    caller.call.hearText('and now');
    expect(await audible(2_000)).toBe(true);
  });

  test('ends as any other, and nothing is given up afterwards', async () => {
    await answering();
    caller.call.end('caller');
    await caller.call.giveUpMedia();
    expect(caller.types).not.toContain('line.givenUp');
  });
});
