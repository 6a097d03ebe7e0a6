import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileTimelineStore } from '../../server/storage/engines/files.ts';
import { newId } from '../../shared/ids.ts';
import type { TimelineEntry } from '../../shared/timeline.ts';

const engines = { files: (dir: string) => new FileTimelineStore(dir) };
const entry = (tMs: number): TimelineEntry => ({ tMs, type: 'context.updated', facts: ['cart'] });

describe.each(Object.entries(engines))('the timeline store "%s"', (_, create) => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'segue-timelines-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  test('gives back what was appended, in order, to itself and to a later process', async () => {
    const store = create(join(dir, 'calls'));
    const id = newId('call');
    await Promise.all([store.append(id, [entry(1), entry(2)]), store.append(id, [entry(3)])]);
    expect(await store.read(id)).toEqual([entry(1), entry(2), entry(3)]);
    await store.close();
    expect(await create(join(dir, 'calls')).read(id)).toHaveLength(3);
  });

  test('puts what is dated back in its place', async () => {
    const store = create(dir);
    const id = newId('call');
    await store.append(id, [entry(1), entry(5), entry(3)]);
    expect(await store.read(id)).toEqual([entry(1), entry(3), entry(5)]);
  });

  test('keeps calls apart', async () => {
    const store = create(dir);
    const [one, two] = [newId('call'), newId('call')];
    await Promise.all([store.append(one, [entry(1)]), store.append(two, [entry(2)])]);
    expect(await store.read(one)).toEqual([entry(1)]);
  });

  test('keeps nothing of a call that is erased, not even what comes later', async () => {
    const store = create(dir);
    const id = newId('call');
    const before = store.append(id, [entry(1)]);
    await store.erase(id);
    await before;
    await store.append(id, [entry(2)]);
    expect(await store.read(id)).toBeNull();
    await store.erase('../../etc/passwd');
  });

  test('knows nothing of an unknown call, nor of a path in place of an id', async () => {
    const store = create(dir);
    expect(await store.read(newId('call'))).toBeNull();
    expect(await store.read('../../etc/passwd')).toBeNull();
  });
});

test('a line that a crash cut short is left out', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'segue-timelines-'));
  const store = new FileTimelineStore(dir);
  const id = newId('call');
  await store.append(id, [entry(1)]);
  appendFileSync(join(dir, `${id}.jsonl`), '{"tMs":2,"ty');
  expect(await store.read(id)).toEqual([entry(1)]);
  rmSync(dir, { recursive: true });
});
