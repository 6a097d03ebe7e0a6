import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallError } from '../../../client/call/callError.ts';
import { startInTurn } from '../../../client/call/turnInLine.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import { FakeSignalling } from '../../fakes/signalling.ts';

const refusal = (code: ErrorCode) => new CallError({ code, message: '', retryable: true });
type Answer = ErrorCode | Record<string, unknown>;

const STARTED = { callId: 'call_1' };
const START = { name: 'call.start', request: { media: true, wait: true } };
const START_IN_WRITING = { name: 'call.start', request: { media: false, wait: false } };
const attach = (media: boolean) => ({ name: 'call.attach', request: { media } });
const settled = () => vi.advanceTimersByTimeAsync(0);

describe('a call that waits for its turn', () => {
  let line: FakeSignalling;
  /** To each request; a function also does something. */
  let answers: (Answer | (() => Answer))[];
  let byVoice: boolean;
  let choose: (() => void)[];
  let over: AbortController;
  beforeEach(() => {
    vi.useFakeTimers();
    answers = [];
    byVoice = true;
    choose = [];
    over = new AbortController();
    line = new FakeSignalling(() => {
      const next = answers.shift() ?? STARTED;
      const answer = typeof next === 'function' ? next() : next;
      if (typeof answer === 'string') throw refusal(answer);
      return answer;
    });
  });
  afterEach(() => void vi.useRealTimers());

  const start = () => {
    const started = startInTurn(line.line, {
      byVoice: () => byVoice,
      onWriting: (listener) => {
        choose.push(listener);
        return () => choose.splice(0);
      },
      onPlace: () => {},
      signal: over.signal,
    });
    return started.catch((error: unknown) => CallError.from(error).code);
  };
  const turn = () => line.tell('queue', { position: 0 });
  const lost = () => {
    line.lose();
    return 'NETWORK_UNREACHABLE' as const;
  };
  const write = () => {
    byVoice = false;
    for (const listener of choose) listener();
  };

  it('listens whether its caller would rather write for as long as it waits', async () => {
    answers = ['CAPACITY_REACHED'];
    const started = start();
    await settled();
    expect(choose).toHaveLength(1);
    turn();
    expect(await started).toEqual(STARTED);
    expect(choose).toHaveLength(0);
  });

  it('does not lose it with a line that is away for a moment', async () => {
    answers = ['CAPACITY_REACHED', lost, lost];
    const started = start();
    await settled();
    turn();
    await settled();
    expect(line.asked).toEqual([START, START]);
    line.comeBack();
    await settled();
    line.comeBack();
    expect(await started).toEqual(STARTED);
    expect(line.asked).toEqual([START, START, START, START]);
  });

  it('asks again at once when the line is back before the loss is noticed', async () => {
    answers = ['CAPACITY_REACHED', 'NETWORK_UNREACHABLE'];
    const started = start();
    await settled();
    turn();
    expect(await started).toEqual(STARTED);
    expect(line.asked).toEqual([START, START, START]);
  });

  it('can be in writing instead, chosen while the line is away', async () => {
    answers = ['CAPACITY_REACHED', 'NETWORK_UNREACHABLE'];
    const started = start();
    await settled();
    line.lose();
    write();
    await settled();
    expect(line.asked).toEqual([START, START_IN_WRITING]);
    line.comeBack();
    expect(await started).toEqual(STARTED);
    expect(line.asked).toEqual([START, START_IN_WRITING, START_IN_WRITING]);
  });

  it('is come to when the server had begun it, and its answer was lost', async () => {
    const attached = { ...STARTED, media: {}, lines: [] };
    answers = ['CAPACITY_REACHED', lost, 'CALL_IN_PROGRESS', 'CALL_NOT_STARTED'];
    const started = start();
    await settled();
    turn();
    await settled();
    line.comeBack();
    await settled();
    // It is still being begun.
    expect(line.asked.slice(2)).toEqual([START, attach(true)]);
    answers = ['CALL_IN_PROGRESS', attached];
    await vi.advanceTimersByTimeAsync(500);
    expect(await started).toEqual(attached);
    expect(line.asked.slice(4)).toEqual([START, attach(true)]);
  });

  it('is answered in writing if that was chosen after the server had begun it by voice', async () => {
    answers = ['CAPACITY_REACHED', lost, 'CALL_IN_PROGRESS', { ...STARTED, lines: [] }, {}];
    const started = start();
    await settled();
    turn();
    await settled();
    byVoice = false;
    line.comeBack();
    expect(await started).toMatchObject(STARTED);
    const giveUp = { name: 'media.giveUp', request: {} };
    expect(line.asked.slice(2)).toEqual([START_IN_WRITING, attach(false), giveUp]);
  });

  it('is given up by its caller, also while the line is away', async () => {
    answers = ['CAPACITY_REACHED', lost];
    const started = start();
    await settled();
    turn();
    await settled();
    over.abort();
    expect(await started).toBe('CALL_CANCELLED');
  });
});

describe('a call that is not told to wait', () => {
  const started = (code: ErrorCode) => {
    const line = new FakeSignalling(() => {
      throw refusal(code);
    });
    return startInTurn(line.line, {
      byVoice: () => true,
      onWriting: () => () => {},
      onPlace: () => {},
      signal: new AbortController().signal,
    }).catch((error: unknown) => CallError.from(error).code);
  };

  it.each(['NETWORK_UNREACHABLE', 'CALL_IN_PROGRESS', 'SHUTTING_DOWN'] as const)(
    'fails of %s',
    async (code) => {
      expect(await started(code)).toBe(code);
    },
  );
});
