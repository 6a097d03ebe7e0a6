import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CallError } from '../../../client/call/callError.ts';
import type { CallHoldings } from '../../../client/call/callHoldings.ts';
import { Farewells } from '../../../client/call/farewells.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeSignalling } from '../../fakes/signalling.ts';

describe('the last word of a call that is hung up', () => {
  let clock: FakeClock;
  let line: FakeSignalling;
  let connect: ReturnType<typeof vi.fn<(token: string) => Promise<never>>>;
  let farewells: Farewells;
  const ticket = { sessionId: 'ses_1', token: 't' };
  const holding = (signalling?: FakeSignalling) => ({ signalling, ticket }) as unknown as CallHoldings;
  const lost = () => CallError.of('NETWORK_UNREACHABLE');
  /** To each time that it is said; the last one is repeated. */
  const answers = (...all: (() => unknown)[]) => {
    line.answer = () => (all.length > 1 ? all.shift() : all[0])?.();
  };
  const settled = () => clock.advanceAsync(0);
  beforeEach(() => {
    clock = new FakeClock();
    line = new FakeSignalling();
    connect = vi.fn(async () => line.line as never);
    farewells = new Farewells(connect, clock);
  });

  it('is said on its line, which is closed then; nothing else is heard there', async () => {
    const heard: unknown[] = [];
    const answer = Promise.withResolvers<null>();
    answers(() => answer.promise);
    line.on('transcript', (message) => heard.push(message));
    farewells.say(holding(line), true);
    await settled();
    line.tell('transcript', {});
    expect([line.names, line.closed, heard]).toEqual([['call.hangUp'], false, []]);
    answer.resolve(null);
    await settled();
    expect(line.closed).toBe(true);
    expect(connect).not.toHaveBeenCalled();
  });

  it('is said again when it was lost with the line', async () => {
    answers(
      () => Promise.reject(lost()),
      () => null,
    );
    farewells.say(holding(line), true);
    await settled();
    expect([line.names, line.closed]).toEqual([['call.hangUp', 'call.hangUp'], true]);
  });

  it('is said again after a while to a server that cannot take it now, and not to one that never will', async () => {
    answers(
      () => Promise.reject(new CallError({ code: 'DATABASE_UNAVAILABLE', message: '', retryable: true })),
      () => Promise.reject(CallError.of('CALL_NOT_STARTED')),
    );
    farewells.say(holding(line), true);
    await clock.advanceAsync(900);
    expect([line.names, line.closed]).toEqual([['call.hangUp'], false]);
    await clock.advanceAsync(200);
    expect([line.names, line.closed]).toEqual([['call.hangUp', 'call.hangUp'], true]);
  });

  it('is given up with a line that the server does not take back', async () => {
    answers(() => new Promise(() => {}));
    farewells.say(holding(line), true);
    await settled();
    line.tell('refused', CallError.of('CALL_NOT_STARTED'));
    await settled();
    expect(line.closed).toBe(true);
  });

  it('is given up when the server has ended the call by itself', async () => {
    answers(() => new Promise((_, reject) => clock.after(150_000, () => reject(lost()))));
    farewells.say(holding(line), true);
    await clock.advanceAsync(149_000);
    expect(line.closed).toBe(false);
    await clock.advanceAsync(2_000);
    expect([line.names, line.closed]).toEqual([['call.hangUp'], true]);
  });

  it('has a line opened for it where there is none yet, if there is a call', async () => {
    farewells.say(holding(), false);
    expect(connect).not.toHaveBeenCalled();
    farewells.say(holding(), true);
    await settled();
    expect(connect).toHaveBeenCalledExactlyOnceWith('t');
    expect([line.names, line.closed]).toEqual([['call.hangUp'], true]);
  });

  it('is waited for by the next call, though not for long', async () => {
    let isHeard = false;
    const hear = () => {
      isHeard = false;
      void farewells.heard().then(() => {
        isHeard = true;
      });
    };
    hear();
    await settled();
    expect(isHeard).toBe(true);
    const answer = Promise.withResolvers<null>();
    answers(() => answer.promise);
    farewells.say(holding(line), true);
    await settled();
    hear();
    await clock.advanceAsync(1_900);
    expect([isHeard, line.hurried]).toEqual([false, 1]);
    await clock.advanceAsync(200);
    expect(isHeard).toBe(true);
    hear();
    answer.resolve(null);
    await settled();
    expect(isHeard).toBe(true);
  });
});
