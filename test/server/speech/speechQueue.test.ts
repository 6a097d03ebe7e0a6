import { beforeEach, describe, expect, test } from 'vitest';
import { Pacer } from '../../../server/audio/pacer.ts';
import { SpeechQueue } from '../../../server/speech/speechQueue.ts';
import type { TtsEngine } from '../../../server/speech/tts.ts';
import { FakeClock } from '../../fakes/clock.ts';

const EN = { language: 'en' };

let clock: FakeClock;
let queue: SpeechQueue;
let events: string[];
let asked: string[];
let aborted: number;
/** How long the engine takes, and how long each sentence sounds. */
let makingMs: number;
let soundMs: number;

/** Takes its time on the fake clock; fails on a sentence that says so. */
function slowTts(): TtsEngine {
  return {
    name: 'slow',
    languages: ['en'],
    voices: ['only'],
    synthesise(text, { signal }) {
      asked.push(text);
      return new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => {
          aborted += 1;
          reject(signal.reason);
        });
        clock.after(makingMs, () => {
          if (text.includes('unspeakable')) reject(new Error('broken'));
          else resolve({ pcm16k: new Float32Array(soundMs * 16).fill(0.1) });
        });
      });
    },
    close: async () => {},
  };
}

const sentences = (...texts: string[]) => texts.map((text) => ({ id: text, text }));

beforeEach(() => {
  clock = new FakeClock();
  events = [];
  asked = [];
  aborted = 0;
  makingMs = 50;
  soundMs = 1_000;
  queue = new SpeechQueue({
    tts: slowTts(),
    player: new Pacer({ clock, output: { frame: () => {} } }),
    clock,
  });
  queue.on('first', ({ durationMs }) => events.push(`${clock.nowMs()} first ${durationMs}`));
  queue.on('sentenceStart', ({ id }) => events.push(`${clock.nowMs()} start ${id}`));
  queue.on('sentenceEnd', ({ id }) => events.push(`${clock.nowMs()} end ${id}`));
  queue.on('failed', ({ text, error }) => events.push(`${clock.nowMs()} failed ${text} ${error.code}`));
  queue.on('idle', () => events.push(`${clock.nowMs()} idle`));
});

/** Timings of a pacer are whole frames. */
const kinds = () => events.map((event) => event.replace(/^\d+ /, ''));

describe('say', () => {
  test('plays the first sentence as soon as it is made', async () => {
    void queue.say(sentences('One.'), EN);
    expect(queue.speaking).toBe(true);
    await clock.advanceAsync(2_000);
    expect(kinds()).toEqual(['first 50', 'start One.', 'end One.', 'idle']);
    expect(queue.speaking).toBe(false);
  });

  test('makes the next sentence while one plays, and no more than one ahead', async () => {
    void queue.say(sentences('One.', 'Two.', 'Three.', 'Four.'), EN);
    await clock.advanceAsync(500);
    expect(asked).toEqual(['One.', 'Two.']);
    await clock.advanceAsync(1_000);
    expect(asked).toEqual(['One.', 'Two.', 'Three.']);
  });

  test('leaves a pause between sentences and none after the last', async () => {
    void queue.say(sentences('One.', 'Two.'), EN);
    await clock.advanceAsync(5_000);
    const atMs = (event: string) => Number(events.find((line) => line.endsWith(event))?.split(' ')[0]);
    expect(atMs('start Two.') - atMs('start One.')).toBeGreaterThanOrEqual(1_150);
    expect(atMs('idle') - atMs('start Two.')).toBeLessThanOrEqual(1_040);
  });

  test('speaks what is to be spoken and tells what is to be read', async () => {
    void queue.say([{ id: 'a', text: 'Order 10427.', speech: 'Order 1 0, 4 2 7.' }], EN);
    await clock.advanceAsync(100);
    expect(asked).toEqual(['Order 1 0, 4 2 7.']);
  });

  test('resolves when its last sentence was heard', async () => {
    let done = false;
    void queue.say(sentences('One.', 'Two.'), EN).then(() => {
      done = true;
    });
    await clock.advanceAsync(1_500);
    expect(done).toBe(false);
    await clock.advanceAsync(1_500);
    expect(done).toBe(true);
  });

  test('queues behind what is being said', async () => {
    void queue.say(sentences('One.'), EN);
    await clock.advanceAsync(200);
    void queue.say(sentences('Two.'), EN);
    await clock.advanceAsync(4_000);
    expect(kinds()).toEqual([
      'first 50',
      'start One.',
      'first 50',
      'end One.',
      'start Two.',
      'end Two.',
      'idle',
    ]);
  });

  test('goes on after a sentence that cannot be spoken', async () => {
    let done = false;
    void queue.say(sentences('One.', 'unspeakable', 'Three.'), EN).then(() => {
      done = true;
    });
    await clock.advanceAsync(5_000);
    expect(kinds()).toContain('failed unspeakable INTERNAL');
    expect(kinds().slice(-3)).toEqual(['start Three.', 'end Three.', 'idle']);
    expect(done).toBe(true);
  });

  test('comes to rest when nothing at all can be spoken', async () => {
    let done = false;
    void queue.say(sentences('unspeakable'), EN).then(() => {
      done = true;
    });
    await clock.advanceAsync(100);
    expect(kinds()).toEqual(['failed unspeakable INTERNAL', 'idle']);
    expect(done).toBe(true);
  });

  test('of nothing is over at once', async () => {
    await queue.say([], EN);
    expect(queue.speaking).toBe(false);
  });
});

describe('interrupt', () => {
  test('tells the words that were heard and drops the rest', async () => {
    let done = false;
    void queue.say(sentences('All heard.', 'aaaa bbbb cccc dddd', 'Never.'), EN).then(() => {
      done = true;
    });
    await clock.advanceAsync(50 + 1_180 + 560);
    const interruption = queue.interrupt();
    expect(interruption).toMatchObject({
      heardText: 'All heard. aaaa bbbb',
      sentenceId: 'aaaa bbbb cccc dddd',
    });
    expect(interruption.playedMs).toBeGreaterThan(500);
    expect(queue.speaking).toBe(false);
    await clock.advanceAsync(5_000);
    expect(done).toBe(true);
    expect(kinds().at(-1)).toBe('start aaaa bbbb cccc dddd');
  });

  test('aborts what is being made', async () => {
    void queue.say(sentences('One.'), EN);
    expect(queue.interrupt()).toEqual({ heardText: '', playedMs: 0, sentenceId: null });
    await clock.advanceAsync(5_000);
    expect(aborted).toBe(1);
    expect(events).toEqual([]);
  });

  test('of silence is nothing', () => {
    expect(queue.interrupt()).toEqual({ heardText: '', playedMs: 0, sentenceId: null });
  });

  test('leaves the queue ready for more', async () => {
    void queue.say(sentences('One.'), EN);
    await clock.advanceAsync(300);
    queue.interrupt();
    void queue.say(sentences('Two.'), EN);
    await clock.advanceAsync(3_000);
    expect(kinds().slice(-4)).toEqual(['first 50', 'start Two.', 'end Two.', 'idle']);
  });
});

describe('pause', () => {
  test('keeps the place: the sentence goes on, nothing is told twice', async () => {
    let done = false;
    void queue.say(sentences('One.', 'Two.'), EN).then(() => {
      done = true;
    });
    await clock.advanceAsync(600);
    queue.pause();
    await clock.advanceAsync(3_000);
    expect(queue.speaking).toBe(true);
    expect(kinds()).toEqual(['first 50', 'start One.']);
    queue.resume();
    await clock.advanceAsync(3_500);
    expect(kinds()).toEqual(['first 50', 'start One.', 'end One.', 'start Two.', 'end Two.', 'idle']);
    expect(done).toBe(true);
  });

  test('that becomes an interruption tells what was heard before it', async () => {
    void queue.say(sentences('aaaa bbbb cccc dddd'), EN);
    await clock.advanceAsync(50 + 560);
    queue.pause();
    await clock.advanceAsync(700);
    expect(queue.interrupt()).toMatchObject({ heardText: 'aaaa bbbb' });
    queue.resume();
    await clock.advanceAsync(2_000);
    expect(queue.speaking).toBe(false);
    expect(kinds()).toEqual(['first 50', 'start aaaa bbbb cccc dddd']);
  });

  test('leaves what is said meanwhile behind it', async () => {
    void queue.say(sentences('One.'), EN);
    await clock.advanceAsync(300);
    queue.pause();
    void queue.say(sentences('Two.'), EN);
    await clock.advanceAsync(2_000);
    expect(kinds()).not.toContain('start Two.');
    queue.resume();
    await clock.advanceAsync(4_000);
    expect(kinds().filter((kind) => kind.startsWith('end'))).toEqual(['end One.', 'end Two.']);
  });
});

describe('what sounds', () => {
  test('is the sentence up to now and a little more, with the one before it', async () => {
    expect(queue.sounding()).toBeNull();
    void queue.say(sentences('All heard.', 'aaaa bbbb cccc dddd eeee'), EN);
    await clock.advanceAsync(50 + 300);
    expect(queue.sounding()?.remainingMs).toBe(Number.POSITIVE_INFINITY);
    await clock.advanceAsync(900 + 240);
    const sounding = queue.sounding();
    expect(sounding?.text).toBe('All heard. aaaa bbbb cccc');
    expect(sounding?.remainingMs).toBeGreaterThan(600);
    expect(sounding?.remainingMs).toBeLessThan(800);
  });
});

test('closed, it is silent, resolves what waits and leaves no timer', async () => {
  let done = false;
  void queue.say(sentences('One.', 'Two.'), EN).then(() => {
    done = true;
  });
  await clock.advanceAsync(300);
  queue.close();
  queue.close();
  await clock.advanceAsync(2_000);
  expect(done).toBe(true);
  expect(clock.pending).toBe(0);
  await queue.say(sentences('Three.'), EN);
  expect(kinds()).toEqual(['first 50', 'start One.']);
});
