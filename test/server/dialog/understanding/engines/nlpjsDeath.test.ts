import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** A worker that trains at once, and answers while it is whole. */
class FakeWorker extends EventEmitter {
  static readonly made: FakeWorker[] = [];
  static whole = true;

  constructor() {
    super();
    FakeWorker.made.push(this);
    queueMicrotask(() => this.emit('message', { kind: 'trained' }));
  }

  postMessage({ id }: { id: number }): void {
    const understanding = { intent: 'known', score: 1, ranking: [] };
    if (FakeWorker.whole)
      queueMicrotask(() => this.emit('message', { kind: 'understood', id, understanding }));
  }

  async terminate(): Promise<void> {
    this.emit('exit');
  }
}

vi.doMock('node:worker_threads', () => ({ Worker: FakeWorker }));
const { trainNlpjs } = await import('../../../../../server/dialog/understanding/engines/nlpjs.ts');

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

test('a worker that hangs again and again is tried once a minute, and understands when it can', async () => {
  const nlu = await trainNlpjs([{ intent: 'known', examples: ['hello'] }], 'en');
  const ask = () => nlu.understand({ text: 'hello', alternatives: [], language: 'en' });
  const answer = async () => {
    const asked = ask();
    await vi.advanceTimersByTimeAsync(1_500);
    await new Promise(setImmediate);
    return (await asked).intent;
  };
  expect(await answer()).toBe('known');

  FakeWorker.whole = false;
  for (let death = 0; death < 8; death += 1) {
    expect(await answer()).toBeNull();
    await vi.advanceTimersByTimeAsync(death < 6 ? 3_200 : 60_000);
  }
  expect(FakeWorker.made).toHaveLength(9);

  FakeWorker.whole = true;
  expect(await answer()).toBe('known');
  await nlu.close();
});
