import { afterEach, beforeEach, expect, test } from 'vitest';
import { failoverStt } from '../../../server/speech/failoverStt.ts';
import type { SttEngine, SttStream } from '../../../server/speech/stt.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FaultyStt } from '../../fakes/engines.ts';

let clock: FakeClock;
let first: FaultyStt;
let second: FaultyStt;
let stt: SttEngine;
let stream: SttStream;
let troubles: string[];
beforeEach(async () => {
  clock = new FakeClock();
  first = new FaultyStt('first');
  second = new FaultyStt('second');
  troubles = [];
  stt = failoverStt([first, second], { clock, onTrouble: (engine) => troubles.push(engine) });
  stream = await stt.open({ language: 'en' });
});
afterEach(async () => {
  stream.close();
  await stt.close();
  expect(clock.pending).toBe(0);
});

const write = (samples: number) => stream.write(new Float32Array(samples));

test('an engine that works is asked alone', async () => {
  write(320);
  write(320);
  expect((await stream.flush()).text).toBe('heard 640');
  expect(second.streams).toEqual([]);
  expect(troubles).toEqual([]);
});

test.each(['throws', 'nonsense', 'stalls'] as const)(
  'when the first %s, the second hears the same again',
  async (fault) => {
    write(320);
    await stream.flush();
    first.fault = fault;
    write(480);
    const one = stream.flush();
    write(160);
    const other = stream.flush();
    await clock.advanceAsync(3_000);
    expect((await one).text).toBe('heard 480');
    expect((await other).text).toBe('heard 160');
    expect(troubles).toContain('first');
  },
);

test('a caller who goes on talking does not lengthen the patience with an engine that stalls', async () => {
  first.fault = 'stalls';
  write(480);
  const one = stream.flush();
  for (let pauseNo = 0; pauseNo < 2; pauseNo += 1) {
    await clock.advanceAsync(1_500);
    write(160);
    void stream.flush();
  }
  expect((await one).text).toBe('heard 480');
});

test('what was written before the engine died in mid-turn is not lost', async () => {
  write(320);
  first.die();
  await clock.advanceAsync(200);
  write(320);
  expect((await stream.flush()).text).toBe('heard 640');
});

test('one engine alone is opened anew', async () => {
  const only = new FaultyStt('only');
  const alone = failoverStt([only], { clock });
  const heard = await alone.open({ language: 'en' });
  heard.write(new Float32Array(320));
  only.opens = false;
  only.die();
  const flushed = heard.flush();
  await clock.advanceAsync(1_000);
  only.opens = true;
  await clock.advanceAsync(2_000);
  expect((await flushed).text).toBe('heard 320');
  await alone.close();
});

test('with no engine at all a turn is given up, and the next is heard again', async () => {
  first.opens = second.opens = false;
  first.die();
  write(320);
  const flushed = expect(stream.flush()).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
  await clock.advanceAsync(8_000);
  await flushed;
  first.opens = true;
  await clock.advanceAsync(70_000);
  write(160);
  expect((await stream.flush()).text).toBe('heard 160');
});

test('a call can begin while no engine works', async () => {
  first.opens = second.opens = false;
  const early = await stt.open({ language: 'en' });
  early.write(new Float32Array(320));
  const flushed = early.flush();
  await clock.advanceAsync(500);
  second.opens = true;
  await clock.advanceAsync(2_000);
  expect((await flushed).text).toBe('heard 320');
  early.close();
});

test('sound at which every engine breaks is given up', async () => {
  first.fault = second.fault = 'throws';
  write(320);
  const flushed = expect(stream.flush()).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
  write(160);
  await clock.advanceAsync(7_000);
  await flushed;
});

test('an engine that keeps failing is left alone for a while, and tried again later', async () => {
  first.fault = 'throws';
  for (let turn = 0; turn < 6; turn += 1) {
    const other = await stt.open({ language: 'en' });
    other.write(new Float32Array(320));
    const flushed = other.flush();
    await clock.advanceAsync(400);
    await flushed;
    other.close();
  }
  const failures = troubles.length;
  const next = await stt.open({ language: 'en' });
  next.write(new Float32Array(320));
  await next.flush();
  expect(troubles).toHaveLength(failures);
  next.close();
  first.fault = 'none';
  await clock.advanceAsync(5_000);
  const opened = first.streams.length;
  (await stt.open({ language: 'en' })).close();
  expect(first.streams.length).toBe(opened + 1);
});

test('keeps half a minute of a turn at most', async () => {
  first.opens = second.opens = false;
  first.die();
  for (let second = 0; second < 60; second += 1) write(16_000);
  first.opens = true;
  await clock.advanceAsync(2_000);
  expect((await stream.flush()).text).toBe(`heard ${30 * 16_000}`);
});
