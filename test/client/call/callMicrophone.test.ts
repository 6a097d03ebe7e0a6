import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallError } from '../../../client/call/callError.ts';
import { CallMicrophone } from '../../../client/call/callMicrophone.ts';
import type { CallAction } from '../../../client/call/callReducer.ts';
import type { Signalling } from '../../../client/call/signalling.ts';
import type { Denoiser } from '../../../client/media/denoiser.ts';
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

  stop(): void {
    this.readyState = 'ended';
  }
}

const asTrack = (label: string) => new FakeTrack(label) as unknown as MediaStreamTrack;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the microphone of a call that may be another one', () => {
  let microphone: CallMicrophone;
  let dispatched: CallAction[];
  /** What the server was told last. */
  let muted: boolean | undefined;
  let heard: string[];
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
      onTrack: ({ label }) => heard.push(label),
      onUnheard: () => {},
      onGone: () => {},
    });
  beforeEach(() => {
    heard = [];
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

  describe('whose noise is suppressed', () => {
    /** Those that are waited for: no sound has come through them yet. */
    let opening: { of: string; resolve(denoiser: Denoiser): void; reject(error: Error): void }[];
    let made: string[];
    const openDenoiser = ({ label: of }: MediaStreamTrack) =>
      new Promise<Denoiser>((resolve, reject) => opening.push({ of, resolve, reject }));
    const denoiser = () =>
      ({
        track: asTrack('Without noise'),
        replace: ({ label }: MediaStreamTrack) => made.push(label),
        rest: (resting: boolean) => made.push(resting ? 'rests' : 'works'),
        close: () => made.push('closed'),
      }) as unknown as Denoiser;
    beforeEach(() => {
      opening = [];
      made = [];
    });

    it('is so once, however often the line comes and goes before its first sound', async () => {
      const denoising = [1, 2, 3].map(() => microphone.denoise(openDenoiser));
      expect(opening).toHaveLength(1);
      opening[0]?.resolve(denoiser());
      await Promise.all(denoising);
      await microphone.denoise(openDenoiser);
      expect([opening.length, made, heard]).toEqual([1, ['works'], ['Without noise']]);
      expect(microphone.track.label).toBe('Without noise');
    });

    it('is the next one when the first is gone before its first sound', async () => {
      const denoising = microphone.denoise(openDenoiser);
      await microphone.talkAgain();
      opening[0]?.reject(new Error('The microphone has ended.'));
      await settled();
      expect(opening.map(({ of }) => of)).toEqual(['Desk microphone', 'Headset']);
      opening[1]?.resolve(denoiser());
      await denoising;
      expect(microphone.track.label).toBe('Without noise');
    });

    it('is asked for again when there is no next one yet', async () => {
      const track = new FakeTrack('Desk microphone');
      microphone.close();
      microphone = open(track as unknown as MediaStreamTrack);
      const denoising = microphone.denoise(openDenoiser);
      track.stop();
      opening[0]?.reject(new Error('The microphone has ended.'));
      await denoising;
      await microphone.talkAgain();
      await settled();
      expect(heard).toEqual(['Headset']);
      void microphone.denoise(openDenoiser);
      expect(opening.at(-1)?.of).toBe('Headset');
    });

    it('rests at once when it was muted meanwhile, and nothing of it is heard', async () => {
      const denoising = microphone.denoise(openDenoiser);
      await microphone.mute(true);
      const ready = denoiser();
      opening[0]?.resolve(ready);
      await denoising;
      expect([made, ready.track.enabled, heard]).toEqual([['rests'], false, ['Desk microphone']]);
    });

    it('is told why not, where the page does not let it, and nothing after the call', async () => {
      const refused = microphone.denoise(openDenoiser);
      opening[0]?.reject(new Error('no WebAssembly'));
      await expect(refused).rejects.toThrow('no WebAssembly');
      const late = microphone.denoise(openDenoiser);
      microphone.close();
      opening[1]?.reject(new Error('The microphone has ended.'));
      await late;
      expect(made).toEqual([]);
    });

    it('is let go of when it comes after the call', async () => {
      const denoising = microphone.denoise(openDenoiser);
      microphone.close();
      opening[0]?.resolve(denoiser());
      await denoising;
      expect(made).toEqual(['closed']);
    });
  });
});
