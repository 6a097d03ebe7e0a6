import { beforeEach, describe, expect, it } from 'vitest';
import { LanguageEars } from '../../../server/call/languageEars.ts';
import { LanguageWatch } from '../../../server/call/languageWatch.ts';
import type { LanguageIdEngine } from '../../../server/speech/languageId.ts';
import type { TurnDetector, TurnEvents } from '../../../server/turns/turnDetector.ts';
import { Emitter } from '../../../shared/emitter.ts';
import { SegueError } from '../../../shared/errors.ts';

class Turns extends Emitter<TurnEvents> {
  speak(seconds: number): void {
    for (let piece = 0; piece < seconds / 0.032; piece += 1) this.emit('audio', new Float32Array(512));
  }

  end(): void {
    this.emit('turnEnd', { atMs: 0, waitedMs: 0, reason: 'quiet', aside: false });
  }
}

let turns: Turns;
let judged: number[];
let answer: () => Promise<Float32Array>;
let heard: string[];
let ears: LanguageEars;
/** The engine answers within some turns of the queue of microtasks. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

beforeEach(() => {
  turns = new Turns();
  judged = [];
  heard = [];
  answer = async () => Float32Array.of(0, 0, 0, 20, 0);
  const engine: LanguageIdEngine = {
    name: 'fake',
    labels: ['noise', 'en', 'fr', 'de', 'es'],
    judge(pcm16k) {
      judged.push(Math.round(pcm16k.length / 16_000));
      return answer();
    },
    close: async () => {},
  };
  const watch = new LanguageWatch('en');
  watch.on('heard', ({ language, source }) => heard.push(`${language} ${source}`));
  ears = new LanguageEars({ turns: turns as unknown as TurnDetector, engine, watch });
});

describe('the server’s ears for the language', () => {
  it('wait for the device through the first utterance, then judge it', async () => {
    turns.speak(4);
    await settled();
    expect(judged).toEqual([]);
    turns.end();
    await settled();
    expect(judged).toEqual([4]);
    expect(heard).toEqual(['de server']);
  });

  it('judge later utterances as they grow', async () => {
    turns.speak(4);
    turns.end();
    await settled();
    turns.speak(3.2);
    await settled();
    expect(judged).toEqual([4, 3]);
  });

  it('do nothing once the device has said it', async () => {
    turns.speak(4);
    ears.close();
    turns.end();
    turns.speak(6);
    turns.end();
    await settled();
    expect(judged).toEqual([]);
  });

  it('leave out what is too short', async () => {
    turns.speak(1.5);
    turns.end();
    await settled();
    expect(judged).toEqual([]);
  });

  it('go on when the engine fails', async () => {
    answer = () => Promise.reject(new SegueError('SPEECH_UNAVAILABLE'));
    turns.speak(4);
    turns.end();
    await settled();
    expect(heard).toEqual([]);
    answer = async () => Float32Array.of(0, 0, 20, 0, 0);
    turns.speak(5);
    turns.end();
    await settled();
    expect(heard).toEqual(['fr server']);
  });

  it('say nothing after the call', async () => {
    turns.speak(4);
    turns.end();
    ears.close();
    await settled();
    expect(heard).toEqual([]);
  });
});
