import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallError } from '../../../client/call/callError.ts';
import { CallMicrophone } from '../../../client/call/callMicrophone.ts';
import type { CallAction } from '../../../client/call/callReducer.ts';
import type { Signalling } from '../../../client/call/signalling.ts';
import type { VoiceLink } from '../../../client/media/voiceLink.ts';

describe('the microphone of a call', () => {
  let microphone: CallMicrophone;
  let told: unknown[];
  /** The line is dead: what is sent is lost. */
  let dead: boolean;
  let back: () => void;

  beforeEach(() => {
    vi.stubGlobal('navigator', { mediaDevices: new EventTarget() });
    told = [];
    dead = false;
    const signalling = {
      async request(_name: string, request: unknown) {
        if (dead) throw CallError.of('NETWORK_UNREACHABLE');
        told.push(request);
      },
      send() {},
      onBack(listener: () => void) {
        back = listener;
      },
    } as unknown as Signalling;
    const track = Object.assign(new EventTarget(), { muted: false, getSettings: () => ({}), stop() {} });
    microphone = new CallMicrophone({
      track: track as unknown as MediaStreamTrack,
      link: { setMuted() {} } as unknown as VoiceLink,
      signalling,
      dispatch() {},
      onTrack() {},
      onUnheard() {},
      onGone() {},
    });
    return () => {
      microphone.close();
      vi.unstubAllGlobals();
    };
  });

  it('is told to be muted when the line is back, if the line has lost that', async () => {
    dead = true;
    await expect(microphone.mute(true)).rejects.toMatchObject({ code: 'NETWORK_UNREACHABLE' });
    dead = false;
    back();
    back();
    expect(told).toEqual([{ muted: true }]);
  });

  it('is told once when nothing was lost, and not at all when it is closed', async () => {
    await microphone.mute(true);
    back();
    dead = true;
    await expect(microphone.mute(false)).rejects.toThrow();
    microphone.close();
    dead = false;
    back();
    expect(told).toEqual([{ muted: true }]);
  });
});

class FakeTrack extends EventTarget {
  readonly label: string;
  enabled = true;
  muted = false;
  readyState = 'live';

  constructor(label: string) {
    super();
    this.label = label;
  }

  getSettings() {
    return {};
  }

  stop(): void {}
}

const asTrack = (label: string) => new FakeTrack(label) as unknown as MediaStreamTrack;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the microphone of a call that may be another one', () => {
  let microphone: CallMicrophone;
  let dispatched: CallAction[];
  /** What the server was told last. */
  let muted: boolean | undefined;
  const linkWith = (sent: string[]) =>
    ({
      setMuted: () => {},
      replaceMicrophone: async ({ label }: MediaStreamTrack) => void sent.push(label),
    }) as unknown as VoiceLink;
  const open = (track: MediaStreamTrack) =>
    new CallMicrophone({
      track,
      link: linkWith([]),
      signalling: {
        send: () => {},
        onBack: () => {},
        request: async (_name: string, request: { muted: boolean }) => {
          muted = request.muted;
        },
      } as unknown as Signalling,
      dispatch: (action) => dispatched.push(action),
      onTrack: () => {},
      onUnheard: () => {},
      onGone: () => {},
    });
  beforeEach(() => {
    dispatched = [];
    muted = undefined;
    const getUserMedia = async () => ({ getAudioTracks: () => [asTrack('Headset')] });
    vi.stubGlobal('navigator', { mediaDevices: Object.assign(new EventTarget(), { getUserMedia }) });
    microphone = open(asTrack('Desk microphone'));
  });
  afterEach(() => {
    microphone.close();
    vi.unstubAllGlobals();
  });

  it('is sent over another line as it is by now, not as it was when that began to open', async () => {
    await microphone.talkAgain();
    await settled();
    const sent: string[] = [];
    microphone.relink(linkWith(sent));
    expect(sent).toEqual(['Headset']);
  });

  it('is silent before it is sent when the caller is muted', async () => {
    const sounding: string[] = [];
    microphone.relink({
      setMuted: () => {},
      replaceMicrophone: async ({ label, enabled }: MediaStreamTrack) => {
        if (enabled) sounding.push(label);
      },
    } as unknown as VoiceLink);
    sounding.length = 0;
    await microphone.mute(true);
    await microphone.talkAgain();
    await settled();
    expect(microphone.track.label).toBe('Headset');
    expect(sounding).toEqual([]);
  });

  it('that a phone call had and the system does not give back is opened again without a word', async () => {
    vi.useFakeTimers();
    try {
      const taken = Object.assign(new FakeTrack('Telephone'), { muted: true });
      microphone = open(taken as unknown as MediaStreamTrack);
      microphone.interrupted(true);
      await vi.advanceTimersByTimeAsync(5_000);
      expect(muted).toBe(true);
      microphone.interrupted(false);
      await vi.advanceTimersByTimeAsync(2_000);
      expect(muted).toBe(false);
      expect(dispatched).toEqual([
        { type: 'notice', notice: { kind: 'taken' } },
        { type: 'notice', notice: null },
        { type: 'voiceBack' },
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that is not there is not muted by anybody: one that comes is heard', async () => {
    microphone.without('refused');
    expect(muted).toBe(true);
    expect(dispatched).toEqual([{ type: 'writing', reason: 'refused', canTalkAgain: true }]);
    await microphone.talkAgain();
    await settled();
    expect(muted).toBe(false);
    expect(dispatched.map(({ type }) => type)).toEqual(['writing', 'voiceBack', 'notice']);
  });
});
