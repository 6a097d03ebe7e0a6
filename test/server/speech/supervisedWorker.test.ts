import { afterEach, expect, test, vi } from 'vitest';
import type { Launch, RunningEvents } from '../../../server/speech/engines/launch.ts';
import { SupervisedWorker } from '../../../server/speech/engines/supervisedWorker.ts';
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
