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

  test('goes on with the next page, in writing or with sound again', async () => {
    await answering();
    caller.lose(true);
    await caller.call.giveUpMedia();
    expect(await caller.call.attached(false)).toMatchObject({ callId: caller.call.id, state: 'live' });
    expect(caller.line.gone).toBe(true);
    await caller.call.attached(true);
    expect(caller.line.gone).toBe(false);
  });

  test('ends as any other, and nothing is given up afterwards', async () => {
    await answering();
    caller.call.end('caller');
    await caller.call.giveUpMedia();
    expect(caller.types).not.toContain('line.givenUp');
  });
});

describe('a call whose device is set up and not connected yet', () => {
  beforeEach(() => {
    caller.line.audible = false;
    caller.call.answer();
  });

  test('greets once it can hear, from the first word', async () => {
    expect(await audible(5_000)).toBe(false);
    expect(caller.said()).toEqual([]);
    // Another process would greet, too.
    expect(caller.call.checkpoint().answered).toBe(false);
    caller.line.connect();
    caller.line.connect();
    expect(await audible(5_000)).toBe(true);
    expect(caller.said()).toHaveLength(1);
    expect(caller.call.checkpoint().answered).toBe(true);
  });

  test('greets in writing when it never can', async () => {
    await clock.advanceAsync(5_000);
    await caller.call.giveUpMedia();
    await clock.advanceAsync(20);
    expect(caller.said()).toHaveLength(1);
  });

  test('greets who writes before they are answered', async () => {
    caller.call.hearText('hello');
    await caller.caller(8_000, false);
    expect(caller.said().slice(1)).toEqual([`You said hello. ${LONG.text}`]);
  });

  test('is told how to connect even when its place in the SFU is gone by then', async () => {
    caller.line.gone = true;
    expect(await caller.call.started()).toMatchObject({ callId: caller.call.id });
    expect(caller.line.gone).toBe(false);
  });
});

test('a greeting that cannot be made and that nobody hears ends nothing', async () => {
  const lame = await SpokenCall.begin({
    clock,
    stt: [new FaultyStt()],
    tts: [new FaultyTts()],
    script: { greet: () => Promise.reject(new Error('broken')) },
  });
  await clock.advanceAsync(1_000);
  expect(lame.call.state).toBe('connecting');
  lame.call.end('caller');
});

test('a caller who is not muted any more when their device comes to another process is not muted there', async () => {
  await answering();
  caller.call.mute(true);
  const checkpoint = callCheckpoint.parse(JSON.parse(JSON.stringify(caller.call.checkpoint())));
  expect(checkpoint.muted).toBe(true);
  const { id: callId } = caller.call;
  caller.call.depart();
  caller = await begin({ callId, checkpoint, silentMs: 1_000 });
  expect(caller.call.checkpoint().muted).toBe(true);
  caller.call.mute(false);
  caller.call.answer();
  expect(caller.call.checkpoint().muted).toBe(false);
});
