import { expect, test } from 'vitest';
import { WriteBehind } from '../../../server/storage/writeBehind.ts';
import { FakeClock } from '../../fakes/clock.ts';

type Thing = { value: number };

function behind(write?: (items: readonly Thing[]) => Promise<void>) {
  const clock = new FakeClock();
  const written: number[][] = [];
  const troubles: boolean[] = [];
  const writes = new WriteBehind<Thing>({
    clock,
    write: write ?? (async (items) => void written.push(items.map(({ value }) => value))),
    onTrouble: (error) => troubles.push(error !== null),
  });
  return { clock, written, troubles, writes };
}

test('writes what changed in a moment once, as it is by then', async () => {
  const { clock, written, writes } = behind();
  const [one, other] = [{ value: 1 }, { value: 10 }];
  writes.touch(one);
  writes.touch(other);
  one.value = 2;
  writes.touch(one);
  await clock.advanceAsync(100);
  expect(written).toEqual([[2, 10]]);
  one.value = 3;
  writes.touch(one);
  await clock.advanceAsync(100);
  expect(written).toEqual([[2, 10], [3]]);
});

test('tells when all that had changed is written', async () => {
  const { clock, written, writes } = behind();
  await writes.flushed();
  writes.touch({ value: 1 });
  let done = false;
  void writes.flushed().then(() => {
    done = true;
  });
  await Promise.resolve();
  expect(done).toBe(false);
  await clock.advanceAsync(10);
  expect([done, written]).toEqual([true, [[1]]]);
});

test('a change during a write is written after it, and waited for', async () => {
  const ends: (() => void)[] = [];
  const seen: number[] = [];
  const { clock, writes } = behind(async (items) => {
    seen.push(...items.map(({ value }) => value));
    await new Promise<void>((resolve) => ends.push(resolve));
  });
  const thing = { value: 1 };
  writes.touch(thing);
  await clock.advanceAsync(10);
  thing.value = 2;
  writes.touch(thing);
  let done = false;
  void writes.flushed().then(() => {
    done = true;
  });
  ends.shift()?.();
  await clock.advanceAsync(10);
  expect([seen, done]).toEqual([[1, 2], false]);
  ends.shift()?.();
  await clock.advanceAsync(10);
  expect(done).toBe(true);
});

test('while it fails nobody waits; all is written when it works again', async () => {
  let gone = true;
  const seen: number[] = [];
  const { clock, troubles, writes } = behind(async (items) => {
    if (gone) throw new Error('gone');
    seen.push(...items.map(({ value }) => value));
  });
  writes.touch({ value: 1 });
  await clock.advanceAsync(10);
  expect([writes.failing, troubles]).toEqual([true, [true]]);
  writes.touch({ value: 2 });
  await writes.flushed();
  await clock.advanceAsync(5_000);
  expect(troubles).toEqual([true]);
  gone = false;
  await clock.advanceAsync(5_000);
  expect([seen.sort(), writes.failing, troubles]).toEqual([[1, 2], false, [true, false]]);
});

test('tells whether a thing is still to be written: also when nobody waits for it any more', async () => {
  const ends: PromiseWithResolvers<void>[] = [];
  const { clock, writes } = behind(() => {
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  });
  const thing = { value: 1 };
  writes.touch(thing);
  expect(writes.waits(thing)).toBe(true);
  await clock.advanceAsync(3_000);
  expect([writes.failing, writes.waits(thing)]).toEqual([true, true]);
  ends.shift()?.reject(new Error('gone'));
  await clock.advanceAsync(500);
  expect(writes.waits(thing)).toBe(true);
  await clock.advanceAsync(1_000);
  ends.shift()?.resolve();
  await clock.advanceAsync(10);
  expect(writes.waits(thing)).toBe(false);
});

test('a write that hangs is waited for no longer than two seconds', async () => {
  const { clock, troubles, writes } = behind(() => new Promise(() => {}));
  writes.touch({ value: 1 });
  let done = false;
  await clock.advanceAsync(10);
  void writes.flushed().then(() => {
    done = true;
  });
  await clock.advanceAsync(1_900);
  expect(done).toBe(false);
  await clock.advanceAsync(200);
  expect([done, troubles]).toEqual([true, [true]]);
});

test('writes what waits when it closes, and nothing afterwards', async () => {
  const { clock, written, writes } = behind();
  writes.touch({ value: 1 });
  await writes.close();
  writes.touch({ value: 2 });
  await clock.advanceAsync(5_000);
  expect(written).toEqual([[1]]);
  expect(clock.pending).toBe(0);
});

test('forgets what is of no interest any more', async () => {
  const { clock, written, writes } = behind();
  const thing = { value: 1 };
  writes.touch(thing);
  writes.drop(thing);
  await clock.advanceAsync(100);
  expect(written).toEqual([]);
});
