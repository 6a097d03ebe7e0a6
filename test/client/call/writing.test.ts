import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallError } from '../../../client/call/callError.ts';
import { CallHoldings } from '../../../client/call/callHoldings.ts';
import { Connection } from '../../../client/call/connection.ts';
import { MicrophoneConsent } from '../../../client/call/microphoneConsent.ts';
import type { Signalling } from '../../../client/call/signalling.ts';
import { giveUpSound } from '../../../client/call/writing.ts';
import { ERRORS, type ErrorCode } from '../../../shared/errors.ts';

describe('a call whose sound is given up', () => {
  let holdings: CallHoldings;
  let asked: string[];
  /** To each question; then it is known. */
  let refusals: ErrorCode[];
  beforeEach(() => {
    vi.useFakeTimers();
    asked = [];
    holdings = new CallHoldings(
      new MicrophoneConsent(() => {}),
      new Connection({ onLost: () => {}, onBack: () => {}, onGivenUp: () => {} }),
    );
    holdings.signalling = {
      async request(name: string) {
        asked.push(name);
        const code = refusals.shift();
        if (code) throw new CallError({ code, ...ERRORS[code] });
      },
      wake: () => asked.push('wake'),
      close: () => {},
    } as unknown as Signalling;
  });
  afterEach(() => void vi.useRealTimers());
  const givenUp = () =>
    giveUpSound(holdings).then(
      () => 'known',
      (error: unknown) => CallError.from(error).code,
    );

  it('goes on in writing as soon as the server that has it can be reached', async () => {
    refusals = ['DATABASE_UNAVAILABLE', 'NODE_UNREACHABLE', 'MEDIA_UNAVAILABLE'];
    const given = givenUp();
    await vi.advanceTimersByTimeAsync(3_100);
    expect(await given).toBe('known');
    const ask = 'media.giveUp';
    expect(asked).toEqual([ask, ask, 'wake', ask, ask]);
  });

  it('is over when it is told so', async () => {
    refusals = ['CALL_NOT_STARTED'];
    expect(await givenUp()).toBe('CALL_NOT_STARTED');
  });

  it('is not waited for when it was let go of, nor for ever', async () => {
    refusals = Array.from({ length: 300 }, () => 'INTERNAL' as const);
    const given = givenUp();
    await vi.advanceTimersByTimeAsync(152_000);
    expect(await given).toBe('INTERNAL');
    const again = givenUp();
    holdings.release();
    await vi.advanceTimersByTimeAsync(1_100);
    expect(await again).toBe('CALL_CANCELLED');
  });
});
