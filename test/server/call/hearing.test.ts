import { beforeEach, describe, expect, test } from 'vitest';
import { type HeardTurn, Hearing } from '../../../server/call/hearing.ts';
import type { Recognition, SttStream } from '../../../server/speech/stt.ts';
import type { TurnDetector, TurnEvents } from '../../../server/turns/turnDetector.ts';
import { Emitter } from '../../../shared/emitter.ts';
import { SegueError } from '../../../shared/errors.ts';

const SAMPLES = new Float32Array(320);

function reading(text: string, confidence = 0.9, alternatives: string[] = []): Recognition {
  return { text, confidence, alternatives, words: [] };
}

/** A turn detector and a recogniser that do what the test says. */
class Stage extends Emitter<TurnEvents> {
  override emit<Name extends keyof TurnEvents>(name: Name, ...args: TurnEvents[Name]): void {
    super.emit(name, ...args);
  }

  readonly written: number[] = [];
  readonly heardTexts: string[] = [];
  readonly readings: (Recognition | Error)[] = [];
  flushes = 0;
  closed = 0;
  partial: (text: string) => void = () => {};

  readonly turns = {
    on: this.on.bind(this),
    heard: (text: string) => this.heardTexts.push(text),
    likelyOver: true,
    close: () => {
      this.closed += 1;
    },
  } as unknown as TurnDetector;

  readonly stt: SttStream = {
    write: (pcm16k) => this.written.push(pcm16k.length),
    flush: async () => {
      this.flushes += 1;
      const next = this.readings.shift() ?? reading('', 0);
      if (next instanceof Error) throw next;
      return next;
    },
    onPartial: (listener) => {
      this.partial = listener;
    },
    close: () => {
      this.closed += 1;
    },
  };

  /** One piece of speech: sound, then a pause in which it is recognised. */
  says(...readings: (Recognition | Error)[]): void {
    this.emit('speechStart', { atMs: 100, nowMs: 200 });
    for (const one of readings) {
      this.readings.push(one);
      this.emit('audio', SAMPLES);
      this.emit('pause', { atMs: 900 });
    }
    this.emit('speechEnd', { atMs: 900, nowMs: 1_100 });
  }

  ends(): void {
    this.emit('turnEnd', { atMs: 900, waitedMs: 420, reason: 'complete', aside: false });
  }
}

let stage: Stage;
let hearing: Hearing;
let turns: HeardTurn[];
let nothing: number;
let failures: string[];
beforeEach(() => {
  stage = new Stage();
  hearing = new Hearing({ turns: stage.turns, stt: stage.stt, nowMs: () => 0 });
  turns = [];
  nothing = 0;
  failures = [];
  hearing.on('turn', (turn) => turns.push(turn));
  hearing.on('nothing', () => {
    nothing += 1;
  });
  hearing.on('failed', ({ code }) => failures.push(code));
});

const settle = () => new Promise(setImmediate);

describe('a turn', () => {
  test('has its text before it is decided: no second flush for sound that a pause has covered', async () => {
    stage.says(reading('where is my order', 0.8, ['wear is my order']));
    stage.ends();
    await settle();
    expect(stage.flushes).toBe(1);
    expect(turns).toEqual([
      expect.objectContaining({
        text: 'where is my order',
        confidence: 0.8,
        alternatives: ['wear is my order'],
        channel: 'voice',
      }),
    ]);
  });

  test('of several pieces is one text, its confidence weighted by words, other readings kept whole', async () => {
    stage.says(reading('my number is', 0.6), reading('one zero', 0.9, ['won zero']));
    stage.ends();
    await settle();
    expect(turns[0]).toMatchObject({
      text: 'my number is one zero',
      alternatives: ['my number is won zero'],
    });
    expect(turns[0]?.confidence).toBeCloseTo((0.6 * 3 + 0.9 * 2) / 5);
  });

  test('is told beforehand where it is probably over, as it will be handed on', async () => {
    const likely: unknown[] = [];
    hearing.on('likely', (turn) => likely.push(turn));
    stage.says(reading('my number is', 0.6));
    await settle();
    stage.says(reading('one zero', 0.9, ['won zero']));
    await settle();
    stage.ends();
    await settle();
    expect(likely).toHaveLength(2);
    expect(turns[0]).toEqual({ ...(likely[1] as object), spotted: null, sttMs: 0 });
  });

  test('does not carry over into the next', async () => {
    stage.says(reading('first'));
    stage.ends();
    await settle();
    stage.says(reading('second'));
    stage.ends();
    await settle();
    expect(turns.map(({ text }) => text)).toEqual(['first', 'second']);
  });

  test('tells the turn detector and the captions the text so far', async () => {
    const partials: string[] = [];
    hearing.on('partial', (text) => partials.push(text));
    stage.says(reading('where is'));
    await settle();
    stage.emit('audio', SAMPLES);
    stage.partial('my order');
    expect(partials).toEqual(['where is my order']);
    expect(stage.heardTexts.at(-1)).toBe('where is my order');
  });
});

test('a cough is nothing; long speech without words is a turn without text', async () => {
  stage.emit('speechStart', { atMs: 100, nowMs: 200 });
  stage.emit('speechEnd', { atMs: 300, nowMs: 500 });
  stage.ends();
  await settle();
  expect([nothing, turns.length]).toEqual([1, 0]);
  stage.says(reading('', 0));
  stage.ends();
  await settle();
  expect(turns).toEqual([expect.objectContaining({ text: '' })]);
});

test('a recogniser that fails is told, and the next turn is heard', async () => {
  stage.says(new SegueError('SPEECH_UNAVAILABLE'));
  stage.ends();
  await settle();
  expect(failures).toEqual(['SPEECH_UNAVAILABLE']);
  expect(nothing).toBe(1);
  stage.says(reading('hello'));
  stage.ends();
  await settle();
  expect(turns.map(({ text }) => text)).toEqual(['hello']);
});

test('speech is dated back to its sound', () => {
  const speech: unknown[] = [];
  hearing.on('speech', (change) => speech.push(change));
  stage.says();
  expect(speech).toEqual([
    { active: true, sinceMs: 100 },
    { active: false, sinceMs: 200 },
  ]);
});

test('closing closes both, once, and says nothing more', async () => {
  stage.says(reading('late'));
  stage.ends();
  hearing.close();
  hearing.close();
  await settle();
  expect(stage.closed).toBe(2);
  expect(turns).toEqual([]);
});
