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

const many = (count: number): Thing[] => Array.from({ length: count }, (_, value) => ({ value }));

test('writes a crowd in parts, and tells who waits when theirs are written', async () => {
  const ends: (() => void)[] = [];
  const sizes: number[] = [];
  const { clock, writes } = behind(async (items) => {
    sizes.push(items.length);
    await new Promise<void>((resolve) => ends.push(resolve));
  });
  const things = many(250);
  for (const thing of things) writes.touch(thing);
  let done = false;
  void writes.flushed().then(() => {
    done = true;
  });
  for (const thing of many(300)) writes.touch(thing);
  for (let part = 0; part < 3; part += 1) {
    await clock.advanceAsync(10);
    expect(done).toBe(false);
    ends.shift()?.();
  }
  await clock.advanceAsync(10);
  expect([sizes, done]).toEqual([[100, 100, 100, 100], true]);
});

test('waits no longer for what was dropped', async () => {
  const { clock, writes } = behind();
  const things = many(150);
  for (const thing of things) writes.touch(thing);
  let done = false;
  void writes.flushed().then(() => {
    done = true;
  });
  for (const thing of things) writes.drop(thing);
  await clock.advanceAsync(10);
  expect([done, clock.pending]).toEqual([true, 0]);
});

test('while it fails, one is tried, whichever is next; then the others follow', async () => {
  let gone = true;
  const sizes: number[] = [];
  const tried = new Set<Thing>();
  const { clock, writes } = behind(async (items) => {
    sizes.push(items.length);
    if (gone && items[0]) tried.add(items[0]);
    if (gone) throw new Error('gone');
  });
  for (const thing of many(150)) writes.touch(thing);
  await clock.advanceAsync(3_500);
  expect([sizes, tried.size]).toEqual([[100, 1, 1, 1], 4]);
  gone = false;
  await clock.advanceAsync(1_500);
  expect(sizes.slice(4)).toEqual([1, 100, 49]);
});

test('writes a crowd in parts when it closes', async () => {
  const { written, writes } = behind();
  for (const thing of many(150)) writes.touch(thing);
  await writes.close();
  expect(written.map((part) => part.length)).toEqual([100, 50]);
});
