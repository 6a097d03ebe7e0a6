import { beforeEach, describe, expect, test } from 'vitest';
import type { VadEngine } from '../../../server/speech/vad.ts';
import { TurnDetector } from '../../../server/turns/turnDetector.ts';

const WINDOW = 512;
const WINDOW_MS = 32;

/** A model that hears speech where the samples say so: their first value is the probability. */
function vadOfSamples(fail: () => boolean = () => false): VadEngine {
  return {
    name: 'of-samples',
    open: async () => ({
      process: async (pcm16k) => {
        if (fail()) throw new Error('broken');
        return pcm16k[0] ?? 0;
      },
      reset: () => {},
      close: () => {},
    }),
    close: async () => {},
  };
}

const settle = () => new Promise(setImmediate);

type Event = { type: string; atMs?: number; nowMs?: number; waitedMs?: number; reason?: string };

let detector: TurnDetector;
let events: Event[];
let audioMs: number;
let broken: boolean;
let judged: number;

/** Plays so many milliseconds (rounded up to windows) of one probability. */
async function play(ms: number, probability: number, level = probability): Promise<void> {
  for (let at = 0; at < ms; at += WINDOW_MS) {
    detector.push(new Float32Array(WINDOW).fill(level, 1).fill(probability, 0, 1));
  }
  await settle();
}

const speech = (ms: number) => play(ms, 0.9);
const silence = (ms: number) => play(ms, 0.05);
const types = () => events.map(({ type }) => type);
const last = (type: string) => events.findLast((event) => event.type === type);

beforeEach(() => {
  broken = false;
  events = [];
  audioMs = 0;
  judged = 0;
  const vad = vadOfSamples(() => {
    judged += 1;
    return broken;
  });
  detector = new TurnDetector({ vad, fallback: vadOfSamples(), language: 'en' });
  for (const type of [
    'speechStart',
    'speechEnd',
    'pause',
    'turnEnd',
    'bargeIn',
    'bargeInOver',
    'degraded',
  ] as const) {
    detector.on(type, (...[detail]: object[]) => events.push({ ...detail, type }));
  }
  detector.on('audio', (pcm16k) => {
    audioMs += pcm16k.length / 16;
  });
});

describe('a turn', () => {
  test('begins, pauses and ends, dated by its sound', async () => {
    await silence(320);
    await speech(960);
    await silence(192);
    detector.heard('where is my order');
    await silence(640);
    expect(types()).toEqual(['speechStart', 'speechEnd', 'pause', 'turnEnd']);
    expect(last('speechStart')).toMatchObject({ atMs: 320, nowMs: 320 + 3 * WINDOW_MS });
    expect(last('speechEnd')).toMatchObject({ atMs: 1_280, nowMs: 1_280 + 6 * WINDOW_MS });
    expect(last('turnEnd')).toMatchObject({ waitedMs: 416, reason: 'complete' });
  });

  test('is probably over in a pause after finished words, and not before', async () => {
    await speech(960);
    detector.heard('where is my order');
    expect(detector.likelyOver).toBe(false);
    await silence(192);
    expect(detector.likelyOver).toBe(false);
    detector.heard('my number is');
    expect(detector.likelyOver).toBe(false);
    detector.heard('where is my order');
    expect(detector.likelyOver).toBe(true);
    await silence(640);
    expect(detector.likelyOver).toBe(false);
  });

  test('is kept open a little for a device that still hears speech, however often it says so', async () => {
    const waitedWith = async (hint: (window: number) => boolean | null): Promise<number> => {
      await speech(960);
      for (let window = 0; window < 60; window += 1) {
        const active = hint(window);
        if (active !== null) detector.deviceHears(active);
        detector.heard('where is my order');
        await silence(WINDOW_MS);
      }
      return last('turnEnd')?.waitedMs ?? 0;
    };
    const alone = await waitedWith(() => null);
    const ended = await waitedWith(() => false);
    expect(ended).toBe(alone);
    const flooding = await waitedWith((window) => window % 4 !== 0);
    expect(flooding).toBeLessThanOrEqual(alone + 300);
    detector.deviceHears(false);
    const heard = await waitedWith((window) => (window === 0 ? true : null));
    expect(heard - alone).toBeGreaterThan(200);
    expect(heard - alone).toBeLessThanOrEqual(300);
    expect(await waitedWith((window) => (window === 0 ? true : null))).toBe(alone);
  });

  test('gives the recogniser its sound with what came before, and no long silence', async () => {
    await silence(3_200);
    await speech(960);
    await silence(3_200);
    expect(audioMs).toBeGreaterThanOrEqual(960 + 300);
    expect(audioMs).toBeLessThanOrEqual(960 + 320 + 7 * WINDOW_MS);
  });

  test('goes on over a pause when the sentence is open', async () => {
    await speech(640);
    await silence(192);
    detector.heard('my number is');
    await silence(640);
    await speech(640);
    await silence(192);
    detector.heard('my number is one zero four two seven');
    await silence(640);
    expect(types()).toEqual([
      'speechStart',
      'speechEnd',
      'pause',
      'speechStart',
      'speechEnd',
      'pause',
      'turnEnd',
    ]);
    expect(last('turnEnd')?.reason).toBe('number');
  });

  test('is not begun by a click', async () => {
    await silence(320);
    await speech(64);
    await silence(960);
    expect(types()).toEqual([]);
  });

  test('survives doubt: a dip between the two thresholds is no pause', async () => {
    await speech(320);
    await play(640, 0.4);
    await speech(320);
    expect(types()).toEqual(['speechStart']);
  });

  test('of a caller who was cut off is waited for longer the next time', async () => {
    const waits: number[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      await speech(640);
      await silence(192);
      detector.heard('where is my order');
      await silence(448);
      waits.push(last('turnEnd')?.waitedMs ?? 0);
    }
    await silence(640);
    expect(waits[0]).toBe(416);
    expect(types().filter((type) => type === 'turnEnd')).toHaveLength(2);
    expect(last('turnEnd')?.waitedMs).toBeGreaterThan(416);
  });

  test('without end is taken after half a minute', async () => {
    await speech(31_000);
    expect(last('turnEnd')).toMatchObject({ reason: 'long', waitedMs: 0 });
  });
});

describe('speech over the assistant', () => {
  beforeEach(() => detector.assistantSpeaking(true));

  test('is an interruption when it lasts', async () => {
    await silence(320);
    await speech(320);
    expect(last('bargeIn')).toMatchObject({ atMs: 320, nowMs: 320 + 2 * WINDOW_MS });
    expect(types().filter((type) => type === 'bargeIn')).toHaveLength(1);
  });

  test('is taken back when it ends at once', async () => {
    await speech(64);
    await silence(640);
    expect(types()).toEqual(['bargeIn', 'bargeInOver']);
  });

  test('is an aside when it is much quieter than the caller', async () => {
    detector.assistantSpeaking(false);
    await speech(640);
    await silence(1_600);
    expect(last('turnEnd')).toMatchObject({ aside: false });
    detector.assistantSpeaking(true);
    await play(960, 0.95, 0.1);
    expect(detector.aside).toBe(true);
    await silence(1_600);
    expect(last('turnEnd')).toMatchObject({ aside: true });
    expect([detector.aside, types().includes('bargeIn')]).toEqual([false, false]);
  });
});

describe('a model that fails', () => {
  test('is replaced without losing a window, and told once', async () => {
    await speech(320);
    broken = true;
    await speech(320);
    await silence(192);
    detector.heard('where is my order');
    await silence(640);
    expect(types()).toEqual(['speechStart', 'degraded', 'speechEnd', 'pause', 'turnEnd']);
    expect(last('speechEnd')).toMatchObject({ atMs: 640 });
  });

  test('judges again after some seconds: what was wrong may have passed', async () => {
    broken = true;
    await speech(320);
    broken = false;
    const asked = judged;
    await silence(4_000);
    expect(judged).toBe(asked);
    await silence(2_000);
    expect(judged).toBeGreaterThan(asked);
    expect(types().filter((type) => type === 'degraded')).toHaveLength(1);
  });

  test('or falls far behind is replaced too', async () => {
    const slow: VadEngine = {
      name: 'stuck',
      open: async () => ({ process: () => new Promise(() => {}), reset: () => {}, close: () => {} }),
      close: async () => {},
    };
    detector = new TurnDetector({ vad: slow, fallback: vadOfSamples(), language: 'en' });
    detector.on('speechStart', () => events.push({ type: 'speechStart' }));
    detector.on('degraded', () => events.push({ type: 'degraded' }));
    await speech(4_000);
    expect(types()).toEqual(['degraded', 'speechStart']);
  });
});

test('closed, it says nothing more', async () => {
  detector.close();
  detector.close();
  await speech(640);
  expect(events).toEqual([]);
});

describe('a line without any sound', () => {
  const nothing = async (windows: number): Promise<void> => {
    for (let window = 0; window < windows; window += 1) {
      detector.push(new Float32Array(WINDOW));
      await settle();
    }
  };

  test('costs the model no more than a second, and speech after it is heard as ever', async () => {
    await nothing(1_000);
    expect(judged).toBe(32);
    await speech(960);
    await silence(192);
    detector.heard('where is my order');
    await silence(640);
    expect(types()).toEqual(['speechStart', 'speechEnd', 'pause', 'turnEnd']);
    expect(last('speechStart')).toMatchObject({ atMs: 32_000 });
  });

  test('ends a turn as a quiet one does', async () => {
    await speech(960);
    await nothing(8);
    detector.heard('my number is');
    await nothing(100);
    expect(types()).toEqual(['speechStart', 'speechEnd', 'pause', 'turnEnd']);
  });
});
