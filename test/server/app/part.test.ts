import { beforeEach, describe, expect, test } from 'vitest';
import { Part } from '../../../server/app/part.ts';
import { createLog } from '../../../server/telemetry/log.ts';
import { SegueError } from '../../../shared/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';

describe('a part of the server that may be absent', () => {
  let clock: FakeClock;
  let tries: number;
  let closed: number;
  /** What opening it comes to, one after the other; then it works. */
  let failures: (() => Promise<never>)[];
  beforeEach(() => {
    clock = new FakeClock();
    tries = 0;
    closed = 0;
    failures = [];
  });
  const engine = { close: () => (closed += 1) };
  const open = () =>
    Part.open(
      async () => {
        tries += 1;
        await failures.shift()?.();
        return engine;
      },
      { name: 'stt', clock, log: createLog('silent') },
    );
  const fails = (...[code, detail]: ConstructorParameters<typeof SegueError>) =>
    failures.push(() => Promise.reject(new SegueError(code, detail)));

  test('is there at once when it opens, and is closed', async () => {
    const part = await open();
    expect([part.value, part.problem]).toEqual([engine, null]);
    expect(await part.there).toBe(engine);
    await part.close();
    expect([closed, clock.pending]).toEqual([1, 0]);
  });

  test('that failed for what may pass is tried again, ever less often, until it is there', async () => {
    for (let time = 0; time < 8; time += 1) fails('SPEECH_UNAVAILABLE', 'It was killed.');
    const part = await open();
    expect([part.value, part.problem]).toEqual([null, expect.stringContaining('It was killed.')]);
    await clock.advanceAsync(2_000);
    expect(tries).toBe(2);
    await clock.advanceAsync(3_900);
    expect(tries).toBe(2);
    await clock.advanceAsync(10 * 60_000);
    expect([tries, part.value, part.problem]).toEqual([9, engine, null]);
    expect(await part.there).toBe(engine);
    expect(clock.pending).toBe(0);
  });

  test('tells what it fails of by now', async () => {
    fails('SPEECH_UNAVAILABLE', 'It was killed.');
    failures.push(() => Promise.reject(new Error('unknown')));
    const part = await open();
    await clock.advanceAsync(2_000);
    expect(part.problem).toContain('(unknown)');
    await clock.advanceAsync(60_000);
    expect(part.value).toBe(engine);
  });

  test.each(['MODEL_MISSING', 'MODEL_INVALID'] as const)(
    'that is not installed is left: %s',
    async (code) => {
      fails(code);
      const part = await open();
      expect(clock.pending).toBe(0);
      expect([part.value, part.problem]).toEqual([null, expect.any(String)]);
    },
  );

  test('that the operator has to mend keeps the server from starting, and only that', async () => {
    fails('PORT_IN_USE');
    await expect(open()).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    expect(clock.pending).toBe(0);
    fails('MEDIA_UNAVAILABLE');
    fails('PORT_IN_USE');
    const part = await open();
    await clock.advanceAsync(60_000);
    expect(part.value).toBe(engine);
  });

  test('is not tried any more after the end, and one that comes then does not stay', async () => {
    fails('SPEECH_UNAVAILABLE');
    const waiting = await open();
    await waiting.close();
    expect(clock.pending).toBe(0);

    const late = Promise.withResolvers<void>();
    fails('SPEECH_UNAVAILABLE');
    const opening = await open();
    failures.push(() => late.promise as Promise<never>);
    await clock.advanceAsync(2_000);
    await opening.close();
    late.resolve();
    await clock.advanceAsync(10);
    expect([closed, opening.value]).toEqual([1, null]);
  });
});
