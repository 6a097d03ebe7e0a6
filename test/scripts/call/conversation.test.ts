import { describe, expect, test } from 'vitest';
import { CallError } from '../../../scripts/call/callError.ts';
import { Captions } from '../../../scripts/call/captions.ts';
import { Conversation, type Line } from '../../../scripts/call/conversation.ts';
import type { Sound } from '../../../scripts/call/gate.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { tone } from './tone.ts';

const TURN = { kind: 'voice', said: 'where is my order', pcm16k: tone(1000) } as const;

/** A line whose assistant sounds as planned; a clip of the caller lasts its own length. */
class PlannedLine implements Line {
  readonly clock = new FakeClock();
  readonly captions = new Captions();
  readonly callOver = new AbortController();
  readonly over = this.callOver.signal;
  readonly spoken: Sound[] = [];
  active = false;
  plan: Sound[] = [];

  readonly assistantActive = () => this.active;

  readonly ear = this.#ear();

  #ear(): Line['ear'] {
    const heard = () => {
      const nowMs = this.clock.nowMs();
      return this.plan
        .filter(({ fromMs }) => fromMs <= nowMs)
        .map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, nowMs) }));
    };
    const { clock } = this;
    return {
      get sound() {
        return heard().find(({ toMs }) => clock.nowMs() - toMs < 400) ?? null;
      },
      soundSince: (ms: number) => heard().find(({ fromMs }) => fromMs >= ms) ?? null,
      soundBefore: (ms: number) => heard().findLast(({ fromMs }) => fromMs < ms) ?? null,
    };
  }

  speak(pcm16k: Float32Array): Promise<Sound> {
    const sound = { fromMs: this.clock.nowMs(), toMs: this.clock.nowMs() + pcm16k.length / 16 };
    this.spoken.push(sound);
    return new Promise((resolve) => this.clock.after(pcm16k.length / 16, () => resolve(sound)));
  }

  async sendText(): Promise<void> {}
}

describe('a polite caller', () => {
  test('waits for the greeting and for 600 ms of silence after it', async () => {
    const line = new PlannedLine();
    line.plan = [{ fromMs: 500, toMs: 2000 }];
    const greeting = new Conversation(line, { bargeInMs: null }).greeting(0, { moreTurns: true });
    let done = false;
    void greeting.then(() => {
      done = true;
    });
    await line.clock.advanceAsync(2590);
    expect(done).toBe(false);
    await line.clock.advanceAsync(20);
    expect(await greeting).toBe(500);
  });

  test('does not take a pause between sentences for the end while the server says there is more', async () => {
    const line = new PlannedLine();
    line.plan = [
      { fromMs: 0, toMs: 1000 },
      { fromMs: 2000, toMs: 3000 },
    ];
    line.active = true;
    const greeting = new Conversation(line, { bargeInMs: null }).greeting(0, { moreTurns: true });
    await line.clock.advanceAsync(3500);
    line.active = false;
    await line.clock.advanceAsync(90);
    const settled = await Promise.race([
      greeting.then(() => true),
      line.clock.advanceAsync(0).then(() => false),
    ]);
    expect(settled).toBe(false);
    await line.clock.advanceAsync(20);
    expect(await greeting).toBe(0);
  });

  test('measures from its own last audible sample to the first of the answer', async () => {
    const line = new PlannedLine();
    line.plan = [{ fromMs: 1640, toMs: 3000 }];
    const turn = new Conversation(line, { bargeInMs: null }).turn(TURN, { moreTurns: false });
    await line.clock.advanceAsync(5000);
    expect(await turn).toEqual({
      mark: 0,
      said: 'where is my order',
      voiceToVoiceMs: 640,
      textToVoiceMs: null,
      bargeInStopMs: null,
      talkedOver: false,
    });
  });

  test('measures a turn in writing from its sending, apart from the spoken ones', async () => {
    const line = new PlannedLine();
    line.plan = [{ fromMs: 120, toMs: 900 }];
    const written = { kind: 'text', said: 'order 7' } as const;
    const turn = new Conversation(line, { bargeInMs: null }).turn(written, { moreTurns: false });
    await line.clock.advanceAsync(3000);
    expect(await turn).toMatchObject({ voiceToVoiceMs: null, textToVoiceMs: 120 });
  });

  test('an assistant that answers before the end has talked over the caller', async () => {
    const line = new PlannedLine();
    line.plan = [{ fromMs: 700, toMs: 3000 }];
    const turn = new Conversation(line, { bargeInMs: null }).turn(TURN, { moreTurns: false });
    await line.clock.advanceAsync(5000);
    expect(await turn).toMatchObject({ talkedOver: true, voiceToVoiceMs: null });
  });

  test('no answer within the limit is an error', async () => {
    const line = new PlannedLine();
    const turn = new Conversation(line, { bargeInMs: null }).turn(TURN, { moreTurns: false });
    const failure = expect(turn).rejects.toThrow(/where is my order.*did not come/);
    await line.clock.advanceAsync(20_000);
    await failure;
  });

  test('a call that is over ends the waiting with its reason', async () => {
    const line = new PlannedLine();
    const turn = new Conversation(line, { bargeInMs: null }).turn(TURN, { moreTurns: false });
    const failure = expect(turn).rejects.toMatchObject({ code: 'ended' });
    await line.clock.advanceAsync(1500);
    line.callOver.abort(new CallError('ended', 'The server ended the call.'));
    await line.clock.advanceAsync(50);
    await failure;
  });
});

describe('a caller who interrupts', () => {
  test('speaks some time into the greeting and measures until the assistant is silent for good', async () => {
    const line = new PlannedLine();
    line.plan = [
      { fromMs: 100, toMs: 1250 },
      { fromMs: 2700, toMs: 4000 },
    ];
    const conversation = new Conversation(line, { bargeInMs: 900 });
    const greeting = conversation.greeting(0, { moreTurns: true });
    await line.clock.advanceAsync(1000);
    await greeting;
    const turn = conversation.turn(TURN, { moreTurns: false });
    await line.clock.advanceAsync(6000);
    expect(line.spoken[0]?.fromMs).toBe(1000);
    expect(await turn).toMatchObject({ bargeInStopMs: 250, voiceToVoiceMs: 700, talkedOver: false });
  });

  test('an assistant that goes on after a pause has not stopped', async () => {
    const line = new PlannedLine();
    line.plan = [
      { fromMs: 100, toMs: 1200 },
      { fromMs: 1700, toMs: 1900 },
      { fromMs: 2700, toMs: 4000 },
    ];
    const conversation = new Conversation(line, { bargeInMs: 900 });
    const greeting = conversation.greeting(0, { moreTurns: true });
    await line.clock.advanceAsync(1000);
    await greeting;
    const turn = conversation.turn(TURN, { moreTurns: false });
    await line.clock.advanceAsync(6000);
    expect(await turn).toMatchObject({ bargeInStopMs: 900 });
  });
});
