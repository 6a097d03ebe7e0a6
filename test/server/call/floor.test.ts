import { expect, test } from 'vitest';
import { Floor } from '../../../server/call/floor.ts';

test('tasks run one after the other, in the order in which they came', async () => {
  const floor = new Floor(() => {});
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  floor.take(async () => {
    await first.promise;
    order.push('first');
  });
  const done = new Promise<void>((resolve) => {
    floor.take(async () => {
      order.push('second');
      resolve();
    });
  });
  expect(order).toEqual([]);
  first.resolve();
  await done;
  expect(order).toEqual(['first', 'second']);
});

test('a task that fails is told and does not stop the next', async () => {
  const failures: string[] = [];
  const floor = new Floor(({ code }) => failures.push(code));
  floor.take(async () => {
    throw new Error('broken');
  });
  await new Promise<void>((resolve) => floor.take(async () => resolve()));
  expect(failures).toEqual(['INTERNAL']);
});

test('what waits when it closes is not run', async () => {
  const floor = new Floor(() => {});
  let ran = false;
  const running = Promise.withResolvers<void>();
  floor.take(() => running.promise);
  floor.take(async () => {
    ran = true;
  });
  floor.close();
  running.resolve();
  await new Promise(setImmediate);
  expect(ran).toBe(false);
});
