import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallError } from '../../../client/call/callError.ts';
import { resumeCall } from '../../../client/call/resumption.ts';
import type { Signalling } from '../../../client/call/signalling.ts';
import type { RunningCall } from '../../../client/session/runningCall.ts';

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
