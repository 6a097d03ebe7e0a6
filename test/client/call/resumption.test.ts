import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallError } from '../../../client/call/callError.ts';
import type { CallHoldings } from '../../../client/call/callHoldings.ts';
import { resumeCall, whileKept } from '../../../client/call/resumption.ts';
import type { Signalling } from '../../../client/call/signalling.ts';
import type { RunningCall } from '../../../client/session/runningCall.ts';
import { ERRORS, type ErrorCode } from '../../../shared/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';

const CALL = { callId: 'call_1', token: 'token', mode: 'voice', muted: false } as RunningCall;

describe('a call that goes on with the next page', () => {
  let permission: PermissionState;
  let released: boolean;
  /** The browser's answer to each request for the microphone. */
  let answers: ((track: MediaStreamTrack) => void)[];
  let attached: boolean[];
  let tap: () => void;
  const track = { stop: vi.fn<() => void>() };
  const microphone = track as unknown as MediaStreamTrack;
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const resume = () => {
    const resuming = resumeCall({
      call: CALL,
      openLine: async () =>
        ({
          async request(_name: string, { media }: { media: boolean }) {
            attached.push(media);
            return { media: null };
          },
        }) as unknown as Signalling,
      onAttached: () => {},
      untilTapped: () =>
        new Promise((resolve) => {
          tap = resolve;
        }),
      guard: () => {
        if (released) throw CallError.of('CALL_CANCELLED');
      },
    });
    return resuming.then(
      () => 'resumed',
      (error: unknown) => CallError.from(error).code,
    );
  };
  beforeEach(() => {
    permission = 'prompt';
    released = false;
    answers = [];
    attached = [];
    track.stop.mockClear();
    vi.stubGlobal('RTCPeerConnection', class {});
    vi.stubGlobal('navigator', {
      permissions: { query: async () => ({ state: permission }) },
      getAutoplayPolicy: () => 'allowed',
      mediaDevices: {
        getUserMedia: async () =>
          await new Promise((resolve) => {
            answers.push((answer) => resolve({ getAudioTracks: () => [answer] }));
          }),
      },
    });
  });
  afterEach(() => void vi.unstubAllGlobals());

  it('asks for the microphone once the visitor has tapped', async () => {
    const resumed = resume();
    await settled();
    expect([attached, answers.length]).toEqual([[false], 0]);
    tap();
    await settled();
    answers[0]?.(microphone);
    expect(await resumed).toBe('resumed');
    expect(attached).toEqual([false, true]);
    expect(track.stop).not.toHaveBeenCalled();
  });

  it('asks nobody for it who has hung up instead', async () => {
    const resumed = resume();
    await settled();
    released = true;
    tap();
    expect(await resumed).toBe('CALL_CANCELLED');
    expect(answers).toEqual([]);
  });

  it('leaves no microphone on that is allowed after the end', async () => {
    const resumed = resume();
    await settled();
    tap();
    await settled();
    released = true;
    answers[0]?.(microphone);
    expect(await resumed).toBe('CALL_CANCELLED');
    expect(track.stop).toHaveBeenCalledOnce();
    expect(attached).toEqual([false]);
  });

  it('leaves none on either that opens after the end without a question', async () => {
    permission = 'granted';
    const resumed = resume();
    await settled();
    released = true;
    answers[0]?.(microphone);
    expect(await resumed).toBe('CALL_CANCELLED');
    expect(track.stop).toHaveBeenCalledOnce();
    expect(attached).toEqual([]);
  });
});

describe('a call that cannot go on at once', () => {
  let clock: FakeClock;
  let released: boolean;
  let tries: number;
  let steps: string[];
  const holdings = {
    guard() {
      if (released) throw CallError.of('CALL_CANCELLED');
    },
    signalling: { wake: () => steps.push('wake') },
  } as unknown as CallHoldings;
  const refusal = (code: ErrorCode, retryable: boolean) => new CallError({ code, message: '', retryable });
  /** As many failures, and then none. */
  const goOn = (failures: readonly Error[]) =>
    whileKept(
      holdings,
      async () => {
        tries += 1;
        const failure = failures[tries - 1];
        if (failure) throw failure;
      },
      clock,
    ).then(
      () => 'live',
      (error: unknown) => CallError.from(error).code,
    );
  beforeEach(() => {
    clock = new FakeClock();
    released = false;
    tries = 0;
    steps = [];
  });

  it('is tried again while what keeps it from that may pass', async () => {
    const going = goOn([CallError.of('NETWORK_UNREACHABLE'), refusal('DATABASE_UNAVAILABLE', true)]);
    await clock.advanceAsync(2_100);
    expect(await going).toBe('live');
    expect(steps).toEqual(['wake']);
  });

  it.each(['NODE_UNREACHABLE', 'SHUTTING_DOWN'] as const)(
    'is looked for on another line where the server does not get at it: %s',
    async (code) => {
      const going = goOn([refusal(code, ERRORS[code].retryable)]);
      await clock.advanceAsync(1_100);
      expect(await going).toBe('live');
      expect(steps).toEqual(['wake']);
    },
  );

  it.each(['CALL_NOT_STARTED', 'SESSION_UNKNOWN', 'SESSION_TOKEN_EXPIRED'] as const)(
    'is over when it is told so: %s',
    async (code) => {
      expect(await goOn([refusal(code, true)])).toBe(code);
      expect(tries).toBe(1);
    },
  );

  it('is given up when the server has', async () => {
    const going = goOn(Array.from({ length: 200 }, () => CallError.of('NETWORK_UNREACHABLE')));
    await clock.advanceAsync(149_500);
    expect(tries).toBe(150);
    await clock.advanceAsync(2_000);
    expect(await going).toBe('NETWORK_UNREACHABLE');
  });

  it('is cancelled, whatever it failed of, when it was let go of meanwhile', async () => {
    released = true;
    expect(await goOn([CallError.of('NETWORK_UNREACHABLE')])).toBe('CALL_CANCELLED');
  });
});
