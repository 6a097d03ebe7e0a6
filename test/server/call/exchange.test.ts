import { beforeEach, describe, expect, test } from 'vitest';
import { Exchange } from '../../../server/call/exchange.ts';
import type { Line, Senses } from '../../../server/call/exchangeParts.ts';
import type { HeardTurn, Hearing, HearingEvents } from '../../../server/call/hearing.ts';
import type { Speaking, SpeakingEvents } from '../../../server/call/speaking.ts';
import { Timeline } from '../../../server/call/timeline.ts';
import type { Conversation, Reply, Sentence } from '../../../server/dialog/policy.ts';
import { Emitter } from '../../../shared/emitter.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { replyOf, scriptedPolicy } from '../../fakes/policy.ts';
import { MemoryTimelineStore } from '../../fakes/timelineStore.ts';

class Ears extends Emitter<HearingEvents> {
  assistantSpeaks(): void {}

  override emit<Name extends keyof HearingEvents>(name: Name, ...args: HearingEvents[Name]): void {
    super.emit(name, ...args);
  }
}

/** A mouth whose sentences last until the test ends them. */
class Mouth extends Emitter<SpeakingEvents> {
  readonly said: string[] = [];
  busy = false;
  held: 'silent' | 'ducked' | null = null;
  readonly cutOffs: (number | 'back' | 'write')[] = [];
  writes = false;
  #done: (toItsEnd: boolean) => void = () => {};

  async say(_id: string, sentences: readonly Sentence[]): Promise<boolean> {
    this.said.push(sentences.map(({ text }) => text).join(' '));
    this.busy = true;
    this.emit('active', true);
    return await new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  async interject(_id: string, { text }: { text: string }): Promise<boolean> {
    this.said.push(text);
    return true;
  }

  finish(): void {
    this.busy = false;
    this.emit('active', false);
    this.#done(true);
  }

  hold(how: 'silent' | 'ducked'): void {
    this.held = how;
  }

  release(): void {
    this.held = null;
  }

  cutOff(sinceMs: number): void {
    this.cutOffs.push(sinceMs);
  }

  restore(): void {
    this.cutOffs.push('back');
  }

  write(): void {
    this.cutOffs.push('write');
    this.writes = true;
  }

  heardOf(): string | null {
    return this.busy ? 'Hello,' : null;
  }

  sounding() {
    return this.busy ? { text: this.said.at(-1) ?? '', remainingMs: 5_000 } : null;
  }

  interrupt(): { heardText: string } | null {
    if (!this.busy) return null;
    this.busy = false;
    this.emit('active', false);
    this.#done(false);
    return { heardText: 'half a' };
  }
}

const settle = () => new Promise(setImmediate);
const heard = (text: string): HeardTurn => ({
  text,
  alternatives: [],
  spotted: null,
  confidence: 0.9,
  channel: 'voice',
  sttMs: 30,
});

let clock: FakeClock;
let ears: Ears;
let mouth: Mouth;
let lines: Line[];
let over: string[];
let expectations: string[];
let deviceHears: boolean[];
let interrupted: string[];
let contextReply: string | null;
let types: string[];

function exchange(script: Partial<Conversation> = {}): Exchange {
  const conversation = scriptedPolicy({
    interrupted: (text) => interrupted.push(text),
    contextChanged: async () => (contextReply === null ? null : replyOf(contextReply)),
    ...script,
  }).open({
    siteName: '',
    language: 'en',
    subject: { customerId: null },
    facts: () => ({}),
    events: () => [],
  });
  const senses = {
    hearing: ears as unknown as Hearing,
    speaking: mouth as unknown as Speaking,
    turns: {
      expect: (expectation: string) => expectations.push(expectation),
      deviceHears: (active: boolean) => deviceHears.push(active),
    },
  } as unknown as Senses;
  const timeline = new Timeline({
    callId: 'call_1',
    clock,
    store: new MemoryTimelineStore(),
    observe: ({ type }) => types.push(type),
    onFailure: () => {},
  });
  const made = new Exchange({ conversation, senses, language: 'en', timeline, clock });
  made.on('line', (line) => lines.push(line));
  made.on('over', (reason) => over.push(reason));
  return made;
}

/** Past the greeting, the assistant listening. */
async function begun(script: Partial<Conversation> = {}): Promise<Exchange> {
  const made = exchange(script);
  made.begin(Promise.resolve(replyOf('Hello.')));
  await settle();
  mouth.finish();
  await settle();
  return made;
}

beforeEach(() => {
  clock = new FakeClock();
  ears = new Ears();
  mouth = new Mouth();
  lines = [];
  over = [];
  expectations = [];
  deviceHears = [];
  interrupted = [];
  contextReply = null;
  types = [];
});

describe('an exchange', () => {
  test('greets, hears a turn, answers it, and records each step', async () => {
    await begun();
    ears.emit('turn', heard('where is my order'));
    await settle();
    expect(mouth.said).toEqual(['Hello.', 'You said where is my order.']);
    expect(types).toEqual([
      'assistant.audio.start',
      'assistant.audio.end',
      'stt.final',
      'policy.reply',
      'assistant.audio.start',
    ]);
    expect(expectations).toEqual(['open', 'open']);
  });

  test('that ends while a reply waits for the caller to finish says nothing more', async () => {
    const answer = Promise.withResolvers<Reply>();
    const made = await begun({ respond: () => answer.promise });
    ears.emit('turn', heard('where is my order'));
    await settle();
    ears.emit('speech', { active: true, sinceMs: 0 });
    answer.resolve(replyOf('On its way.'));
    await settle();
    made.close();
    await settle();
    expect(mouth.said).toEqual(['Hello.']);
  });

  test('replaces the partial caption of a turn by its final one, and gives the next a line of its own', async () => {
    await begun();
    ears.emit('partial', 'where');
    ears.emit('turn', heard('where is it'));
    ears.emit('partial', 'thanks');
    const caller = lines.filter(({ speaker }) => speaker === 'caller');
    expect(caller.map(({ text, final }) => [text, final])).toEqual([
      ['where', false],
      ['where is it', true],
      ['thanks', false],
    ]);
    expect(caller[0]?.id).toBe(caller[1]?.id);
    expect(caller[1]?.id).not.toBe(caller[2]?.id);
  });

  test('is silent at once when the caller talks over it; words make it an interruption', async () => {
    await begun();
    ears.emit('turn', heard('tell me'));
    await settle();
    ears.emit('speech', { active: true, sinceMs: 100 });
    ears.emit('bargeIn', { sinceMs: 130 });
    expect(mouth.held).toBe('silent');
    expect(interrupted).toEqual([]);
    ears.emit('partial', 'where is my');
    expect(mouth.busy).toBe(false);
    expect(interrupted).toEqual(['half a']);
    expect(types).toContain('assistant.interrupted');
    ears.emit('speech', { active: false, sinceMs: 200 });
    ears.emit('turn', heard('where is it'));
    await settle();
    expect(mouth.said.at(-1)).toBe('You said where is it.');
  });

  test('goes on after a sound that was nothing, and shows no words of it', async () => {
    await begun();
    ears.emit('turn', heard('tell me'));
    await settle();
    const before = lines.length;
    ears.emit('speech', { active: true, sinceMs: 100 });
    ears.emit('bargeIn', { sinceMs: 130 });
    ears.emit('partial', 'you said tell');
    ears.emit('speech', { active: false, sinceMs: 200 });
    expect(mouth.held).toBe('silent');
    ears.emit('settled', { text: 'you said tell me', alternatives: [], spotted: null });
    expect(mouth.held).toBeNull();
    expect(types.at(-1)).toBe('assistant.resumed');
    ears.emit('turn', heard('you said tell me'));
    await settle();
    expect(mouth.busy).toBe(true);
    expect([lines.length, interrupted]).toEqual([before, []]);
  });

  test('does not answer what was dropped when it has finished meanwhile', async () => {
    await begun();
    ears.emit('turn', heard('tell me'));
    await settle();
    ears.emit('speech', { active: true, sinceMs: 100 });
    ears.emit('bargeIn', { sinceMs: 130 });
    ears.emit('speech', { active: false, sinceMs: 200 });
    ears.emit('settled', { text: 'mhm', alternatives: [], spotted: null });
    mouth.finish();
    await settle();
    ears.emit('turn', heard('mhm'));
    await settle();
    expect(mouth.said).toEqual(['Hello.', 'You said tell me.']);
  });

  test('goes on over a backchannel, and gives way to words', async () => {
    await begun();
    ears.emit('turn', heard('tell me'));
    await settle();
    ears.emit('turn', heard('mm right'));
    expect(mouth.busy).toBe(true);
    ears.emit('turn', heard('stop'));
    await settle();
    expect(mouth.said.at(-1)).toBe('You said stop.');
  });

  test('leaves unsaid what was prepared while the caller went on', async () => {
    await begun();
    ears.emit('speech', { active: true, sinceMs: 0 });
    ears.emit('turn', heard('my number is'));
    ears.emit('speech', { active: true, sinceMs: 0 });
    await settle();
    expect(mouth.said).toEqual(['Hello.']);
    ears.emit('turn', heard('one zero four'));
    ears.emit('speech', { active: false, sinceMs: 0 });
    await settle();
    expect(interrupted).toEqual(['']);
    expect(mouth.said).toEqual(['Hello.', 'You said one zero four.']);
  });

  test('says it after all when the caller’s sound was nothing', async () => {
    await begun();
    ears.emit('speech', { active: true, sinceMs: 0 });
    ears.emit('turn', heard('hello'));
    await settle();
    expect(mouth.said).toEqual(['Hello.']);
    ears.emit('nothing');
    await settle();
    expect(mouth.said).toEqual(['Hello.', 'You said hello.']);
  });

  test('asks a silent caller, again and again, but not a muted one', async () => {
    const made = await begun();
    clock.advance(9_000);
    await settle();
    mouth.finish();
    await settle();
    clock.advance(9_000);
    await settle();
    expect(mouth.said.slice(1)).toEqual(['Silence 1.', 'Silence 2.']);
    mouth.finish();
    await settle();
    made.mute(true);
    clock.advance(60_000);
    await settle();
    expect(mouth.said).toHaveLength(3);
    made.mute(false);
    clock.advance(9_000);
    await settle();
    expect(mouth.said.at(-1)).toBe('Silence 3.');
  });

  test('reacts to the page when nobody speaks, and not before the greeting', async () => {
    contextReply = 'Your card was declined.';
    const made = exchange();
    made.contextChanged();
    await settle();
    expect(mouth.said).toEqual([]);
    made.begin(Promise.resolve(replyOf('Hello.')));
    await settle();
    made.contextChanged();
    await settle();
    expect(mouth.said).toEqual(['Hello.']);
    mouth.finish();
    await settle();
    expect(mouth.said).toEqual(['Hello.', 'Your card was declined.']);
  });

  test.each([
    ['hangUp', 'assistant'],
    ['handoff', 'handoff'],
  ] as const)('is over after the words of a reply that ends in %s', async (next, reason) => {
    await begun({ respond: async () => replyOf('Bye.', { next }) });
    ears.emit('turn', heard('bye'));
    await settle();
    expect(over).toEqual([]);
    mouth.finish();
    await settle();
    expect(over).toEqual([reason]);
  });

  test('speaks the words that bridge a slow look-up while the answer is still sought', async () => {
    const answer = Promise.withResolvers<void>();
    let bridge: (sentence: Sentence) => void = () => {};
    await begun({
      onWaiting: (listener) => {
        bridge = listener;
      },
      respond: async () => {
        await answer.promise;
        return replyOf('Found.');
      },
    });
    ears.emit('turn', heard('where is it'));
    await settle();
    bridge({ text: 'One moment.' });
    expect(mouth.said).toEqual(['Hello.', 'One moment.']);
    answer.resolve();
    await settle();
    expect(mouth.said.at(-1)).toBe('Found.');
  });

  test('notes what the device hears and tells the ears: not before the greeting, not twice, not for ever', async () => {
    const made = exchange();
    let atMs = 0;
    const hint = (active: boolean) => made.hint({ active, atMs: ++atMs, confidence: 1 }, 'socket');
    hint(true);
    made.begin(Promise.resolve(replyOf('Hello.')));
    await settle();
    hint(true);
    hint(true);
    expect(types.filter((type) => type === 'caller.hint')).toHaveLength(1);
    expect(deviceHears).toEqual([true]);
    expect(mouth.busy).toBe(true);
    for (let at = 0; at < 10_000; at += 1) hint(at % 2 === 1);
    expect(types.filter((type) => type === 'caller.hint')).toHaveLength(4_000);
  });

  test('says once that the line is noisy, in place of asking again', async () => {
    await begun();
    for (let sound = 0; sound < 4; sound += 1) {
      ears.emit('speech', { active: true, sinceMs: 100 });
      ears.emit('speech', { active: false, sinceMs: 200 });
      ears.emit('nothing');
      clock.advance(1_000);
    }
    await settle();
    expect(mouth.said).toHaveLength(2);
    expect(mouth.said[1]).toMatch(/noise on the line/);
    expect(types).toContain('line.noisy');
  });

  test('says that noise nearly covers the caller before it answers them', async () => {
    await begun({ respond: async () => replyOf('It is on its way.') });
    for (let utterance = 0; utterance < 3; utterance += 1) {
      ears.emit('speech', { active: true, sinceMs: 100 });
      ears.emit('received', { levelDb: -30, snrDb: 4 });
      ears.emit('speech', { active: false, sinceMs: 200 });
    }
    ears.emit('turn', heard('where is my order'));
    await settle();
    mouth.finish();
    await settle();
    expect(mouth.said.slice(1)).toEqual([expect.stringMatching(/noise on the line/), 'It is on its way.']);
  });

  test('waits for a caller who is cut off, without asking whether they are there', async () => {
    const made = await begun();
    made.lineLost(1_300);
    clock.advance(100_000);
    await settle();
    expect(mouth.said).toEqual(['Hello.']);
    made.lineBack();
    expect(mouth.cutOffs).toEqual([1_300, 'back']);
    clock.advance(9_000);
    await settle();
    expect(mouth.said).toEqual(['Hello.', 'Silence 1.']);
  });

  test('tells a caller who was cut off first what they missed, then what they asked in writing meanwhile', async () => {
    const made = await begun({ respond: async ({ text }) => replyOf(`About ${text}.`) });
    ears.emit('turn', heard('hours'));
    await settle();
    made.lineLost(700);
    made.read('weather', 'one');
    made.lineBack();
    clock.advance(1_000);
    made.read('tomorrow', 'two');
    await settle();
    expect([interrupted, mouth.said]).toEqual([[], ['Hello.', 'About hours.']]);
    mouth.finish();
    await settle();
    expect(mouth.said.at(-1)).toBe('About weather.');
    clock.advance(1_500);
    made.read('stop', 'three');
    expect(interrupted).toEqual(['half a']);
  });

  test('asks for what it may have missed when the line broke while the caller spoke', async () => {
    const made = await begun();
    ears.emit('speech', { active: true, sinceMs: 100 });
    made.lineLost(1_300);
    ears.emit('speech', { active: false, sinceMs: 1_300 });
    ears.emit('nothing');
    made.lineBack();
    await settle();
    expect(mouth.said.slice(1)).toEqual([expect.stringMatching(/cut off for a moment.*say it again/)]);
  });

  test('goes on in writing where sound does not get through: asks once for what it missed, and nobody to speak', async () => {
    const made = await begun();
    ears.emit('speech', { active: true, sinceMs: 100 });
    made.lineLost(1_300);
    ears.emit('speech', { active: false, sinceMs: 1_300 });
    ears.emit('nothing');
    made.write();
    await settle();
    expect(mouth.cutOffs).toEqual([1_300, 'write']);
    expect(mouth.said.slice(1)).toEqual([expect.stringMatching(/say it again/)]);
    mouth.finish();
    clock.advance(100_000);
    await settle();
    expect(mouth.said).toHaveLength(2);
    made.lineBack();
    await settle();
    expect(mouth.said).toHaveLength(2);
    clock.advance(9_000);
    await settle();
    expect(mouth.said.at(-1)).toBe('Silence 1.');
  });

  test('does so when nobody has noticed here that the line is gone', async () => {
    const made = await begun();
    made.write();
    made.write();
    expect(mouth.cutOffs).toEqual([0, 'write', 'write']);
    made.close();
    made.write();
  });

  test('says nothing again to somebody who reads, in a process that goes on', async () => {
    const made = exchange();
    made.write();
    made.resume({ unanswered: [], heardText: 'Hello,', callerSpeaks: false });
    await settle();
    expect(mouth.said).toEqual([]);
  });

  describe('in a process that may be lost', () => {
    const nobody = { unanswered: [], heardText: null, callerSpeaks: false };

    test('tells where it stands, at each step of a turn', async () => {
      let answer = (_reply: ReturnType<typeof replyOf>): void => {};
      const respond = () => new Promise<ReturnType<typeof replyOf>>((resolve) => (answer = resolve));
      const made = await begun({ respond });
      expect(made.standing()).toEqual(nobody);
      ears.emit('speech', { active: true, sinceMs: 60 });
      expect(made.standing()).toEqual({ ...nobody, callerSpeaks: true });
      ears.emit('speech', { active: false, sinceMs: 200 });
      expect(made.standing()).toEqual({ ...nobody, callerSpeaks: true });
      ears.emit('turn', heard('where is my order'));
      const { id, ...turn } = made.standing().unanswered[0] ?? { id: '' };
      expect(id).toBe(lines.findLast(({ speaker }) => speaker === 'caller')?.id);
      expect(turn).toEqual({
        text: 'where is my order',
        alternatives: [],
        confidence: 0.9,
        channel: 'voice',
      });
      expect(made.standing().callerSpeaks).toBe(false);
      await settle();
      answer(replyOf('It is on its way.'));
      await settle();
      expect(made.standing()).toEqual({ ...nobody, heardText: 'Hello,' });
      mouth.finish();
      await settle();
      expect(made.standing()).toEqual(nobody);
    });

    test('is at no moment both behind a turn and before its answer', async () => {
      const made = await begun();
      const seen: string[] = [];
      made.on('moved', () => {
        const { unanswered, heardText } = made.standing();
        seen.push(`${unanswered.length} ${heardText === null ? 'silent' : 'saying'}`);
      });
      ears.emit('turn', heard('where is my order'));
      await settle();
      mouth.finish();
      await settle();
      expect(seen[0]).toBe('1 silent');
      expect(seen.slice(1, -1).every((one) => one === '0 saying')).toBe(true);
      expect(seen.at(-1)).toBe('0 silent');
    });

    test('goes on in another: answers what was heard, without asking the caller anew', async () => {
      const made = exchange();
      const turn = heard('where is my order');
      made.resume({ ...nobody, unanswered: [{ id: 'turn_1', ...turn }] });
      await settle();
      expect(mouth.said).toEqual(['You said where is my order.']);
      expect(lines.filter(({ speaker }) => speaker === 'caller')).toEqual([]);
    });

    test.each([
      ['what was not heard', { ...nobody, heardText: 'Hello,' }, 'Resumed Hello, false.'],
      ['what the caller may have said', { ...nobody, callerSpeaks: true }, 'Resumed null true.'],
      ['what was asked', nobody, 'Resumed null false.'],
    ])('goes on in another: %s', async (_what, standing, said) => {
      exchange().resume(standing);
      await settle();
      expect(mouth.said).toEqual([said]);
    });
  });

  test('closed, it leaves no timer and says nothing more', async () => {
    const made = await begun();
    made.close();
    ears.emit('turn', heard('hello'));
    await settle();
    expect(clock.pending).toBe(1);
    expect(mouth.said).toEqual(['Hello.']);
  });
});
