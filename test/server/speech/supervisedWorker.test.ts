import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Launch, RunningEvents } from '../../../server/speech/engines/launch.ts';
import { SupervisedWorker, type WatchedPart } from '../../../server/speech/engines/supervisedWorker.ts';
import type { SegueError } from '../../../shared/errors.ts';

type Worker = SupervisedWorker<string, { echo: string }, string>;

const script = new URL('../../fixtures/speech/fragileWorker.ts', import.meta.url);
let worker: Worker;
afterEach(() => worker.close());

function fragile(start: () => string): Worker {
  worker = new SupervisedWorker(script, () => ({ start: start() }));
  return worker;
}

const answer = () => new Promise<{ echo: string }>((resolve) => void worker.once('message', resolve));
const loss = () => new Promise<SegueError>((resolve) => void worker.once('lost', resolve));
async function back(): Promise<void> {
  while (!worker.up) await new Promise(setImmediate);
}

test('tells what the thread says when it is ready, and passes messages', async () => {
  fragile(() => 'ready');
  expect(worker.up).toBe(false);
  expect(await worker.start()).toBe('hello');
  expect(worker.up).toBe(true);
  worker.post('one');
  expect(await answer()).toEqual({ echo: 'one' });
});

test('gives the reason of a thread that cannot work', async () => {
  await expect(fragile(() => 'refused').start()).rejects.toMatchObject({
    code: 'MODEL_MISSING',
    detail: 'no model',
  });
  await expect(fragile(() => 'crash').start()).rejects.toMatchObject({
    code: 'SPEECH_UNAVAILABLE',
    detail: 'broken at start',
  });
});

test('tells of a crash and works again after it', async () => {
  await fragile(() => 'ready').start();
  const lost = loss();
  worker.post('crash');
  expect(await lost).toMatchObject({ code: 'SPEECH_UNAVAILABLE', detail: 'broken at work' });
  expect(worker.up).toBe(false);
  await back();
  worker.post('two');
  expect(await answer()).toEqual({ echo: 'two' });
});

test('tries again when the new thread does not start at once', async () => {
  const starts = ['ready', 'crash', 'refused', 'ready'];
  await fragile(() => starts.shift() ?? 'ready').start();
  worker.post('crash');
  await loss();
  await back();
  expect(starts).toEqual([]);
});

test('gives up a thread that hangs', async () => {
  await fragile(() => 'ready').start();
  const lost = loss();
  worker.abandon();
  await lost;
  await back();
  expect(worker.up).toBe(true);
});

test('one that keeps dying is tried ever more rarely, but never given up: what it lacks may come back', async () => {
  vi.useFakeTimers();
  try {
    const atMs: number[] = [];
    let on: RunningEvents | null = null;
    let broken = false;
    const launch: Launch = (_script, _data, events) => {
      atMs.push(performance.now());
      on = events;
      queueMicrotask(() =>
        broken ? events.ended('no model') : events.message({ type: 'ready', ready: '' }),
      );
      return { post: () => {}, end: async () => {} };
    };
    worker = new SupervisedWorker(script, () => ({}), launch);
    await worker.start();
    broken = true;
    (on as RunningEvents | null)?.ended('killed');
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    const waitsMs = atMs.slice(1).map((start, index) => Math.round(start - (atMs[index] ?? 0)));
    expect(waitsMs.slice(0, 4)).toEqual([100, 200, 400, 800]);
    expect(waitsMs.slice(9, 13)).toEqual([10_000, 60_000, 60_000, 60_000]);
    expect(worker.up).toBe(false);
    broken = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(worker.up).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

describe('by hand', () => {
  type Launched = { on: RunningEvents; ended: boolean; end(): void };
  let launched: Launched[];
  const launch: Launch = (_script, _data, on) => {
    const one: Launched = { on, ended: false, end: () => (one.ended = true) };
    launched.push(one);
    return { post: () => {}, end: async () => one.end() };
  };
  const one = (index: number) => launched[index] as Launched;
  const ready = { type: 'ready', ready: '' };

  beforeEach(() => {
    vi.useFakeTimers();
    launched = [];
    worker = new SupervisedWorker(script, () => ({}), launch);
  });
  afterEach(() => void vi.useRealTimers());

  async function begin(): Promise<void> {
    const started = worker.start();
    one(0).on.message(ready);
    await started;
  }

  test('what cannot work is ended, and its end later on is none of the next one', async () => {
    await begin();
    one(0).on.ended('killed');
    await vi.advanceTimersByTimeAsync(100);
    one(1).on.message({ type: 'refused', code: 'MODEL_MISSING', detail: 'no model' });
    await vi.advanceTimersByTimeAsync(200);
    expect(one(1).ended).toBe(true);
    one(2).on.message(ready);
    one(1).on.ended('killed');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(worker.up).toBe(true);
    expect(launched).toHaveLength(3);
  });

  test('what does not start in half a minute is ended and tried again', async () => {
    await begin();
    one(0).on.ended('killed');
    await vi.advanceTimersByTimeAsync(100);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(one(1).ended).toBe(true);
    await vi.advanceTimersByTimeAsync(200);
    one(2).on.message(ready);
    expect(worker.up).toBe(true);
  });

  test('what the system refuses to start is tried again, and nothing else comes of it', async () => {
    let refused = true;
    worker = new SupervisedWorker(
      script,
      () => ({}),
      (...parts) => {
        if (refused) throw Object.assign(new Error('spawn ENOMEM'), { code: 'ENOMEM' });
        return launch(...parts);
      },
    );
    await expect(worker.start()).rejects.toMatchObject({
      code: 'SPEECH_UNAVAILABLE',
      detail: 'spawn ENOMEM',
    });
    expect(vi.getTimerCount()).toBe(0);
    refused = false;
    await begin();
    refused = true;
    one(0).on.ended('killed');
    await vi.advanceTimersByTimeAsync(1_000);
    refused = false;
    await vi.advanceTimersByTimeAsync(1_000);
    one(1).on.message(ready);
    expect(worker.up).toBe(true);
  });

  test('what is asked from the first moment has its time to answer', async () => {
    await begin();
    await vi.advanceTimersByTimeAsync(60_000);
    worker.watchParts([{ busy: () => true, heardAtMs: 0 }], 5_000);
    await vi.advanceTimersByTimeAsync(4_500);
    expect(one(0).ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(one(0).ended).toBe(true);
  });

  test('one part that hangs is noticed while another answers', async () => {
    const hung: WatchedPart = { busy: () => true, heardAtMs: 0 };
    const well: WatchedPart = { busy: () => true, heardAtMs: 0 };
    await begin();
    worker.watchParts([hung, well], 5_000);
    const hear = async (ms: number) => {
      for (let at = 0; at < ms; at += 500) {
        await vi.advanceTimersByTimeAsync(500);
        well.heardAtMs = performance.now();
      }
    };
    hung.heardAtMs = performance.now();
    await hear(4_500);
    expect(one(0).ended).toBe(false);
    await hear(1_500);
    expect(one(0).ended).toBe(true);
  });
});

test('closed, it stays down', async () => {
  await fragile(() => 'ready').start();
  let losses = 0;
  worker.on('lost', () => (losses += 1));
  await worker.close();
  await worker.close();
  worker.post('one');
  expect(worker.up).toBe(false);
  expect(losses).toBe(0);
});
