import { beforeEach, describe, expect, it } from 'vitest';
import { MicrophoneKeeper } from '../../../client/media/microphoneKeeper.ts';
import { FakeClock } from '../../fakes/clock.ts';

class FakeTrack extends EventTarget {
  readonly deviceId: string;
  muted = false;
  readyState = 'live';
  stopped = false;

  constructor(deviceId: string) {
    super();
    this.deviceId = deviceId;
  }

  getSettings() {
    return { deviceId: this.deviceId };
  }

  stop(): void {
    this.stopped = true;
  }

  /** As a phone call does, or its end. */
  take(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }
}

class FakeDevices extends EventTarget {
  ids: string[] = [];

  async enumerateDevices() {
    return this.ids.map((deviceId) => ({ kind: 'audioinput', deviceId }) as MediaDeviceInfo);
  }

  async plug(...ids: string[]): Promise<void> {
    this.ids = ids;
    this.dispatchEvent(new Event('devicechange'));
    await settled();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the microphone of a call', () => {
  let clock: FakeClock;
  let devices: FakeDevices;
  let track: FakeTrack;
  let told: string[];
  let opens: FakeTrack[];
  let isAllowed: boolean;
  /** The browser asks the visitor before it opens. */
  let answer: Promise<void>;
  let keeper: MicrophoneKeeper;
  let make: () => MicrophoneKeeper;
  beforeEach(() => {
    clock = new FakeClock();
    devices = new FakeDevices();
    devices.ids = ['a', 'b'];
    track = new FakeTrack('a');
    told = [];
    opens = [new FakeTrack('b')];
    isAllowed = true;
    answer = Promise.resolve();
    const source = {
      devices: devices as unknown as MediaDevices,
      allowed: async () => isAllowed,
      async open() {
        await answer;
        const next = opens.shift();
        if (!next) throw new DOMException('', 'NotFoundError');
        return next as unknown as MediaStreamTrack;
      },
    };
    make = () =>
      new MicrophoneKeeper(track as unknown as MediaStreamTrack, source, clock, {
        onTaken: (taken) => told.push(taken ? 'taken' : 'given back'),
        onReplaced: (next, wasTaken) =>
          told.push(`${wasTaken ? 'heard again' : 'replaced'} by ${next.getSettings().deviceId}`),
        onGone: (reason) => told.push(`gone: ${reason}`),
      });
    keeper = make();
    return () => keeper.close();
  });

  it('is taken when the system keeps it for a while, and given back', () => {
    track.take(true);
    clock.advance(700);
    expect(told).toEqual([]);
    clock.advance(200);
    expect(told).toEqual(['taken']);
    track.take(false);
    expect(told).toEqual(['taken', 'given back']);
  });

  it('is not taken by a moment in which the audio route changes', () => {
    track.take(true);
    clock.advance(300);
    track.take(false);
    clock.advance(10_000);
    expect(told).toEqual([]);
  });

  it('is replaced when it ends, also while it was taken', async () => {
    track.take(true);
    clock.advance(1_000);
    track.readyState = 'ended';
    track.dispatchEvent(new Event('ended'));
    await settled();
    expect(told).toEqual(['taken', 'given back', 'replaced by b']);
    expect(track.stopped).toBe(true);
  });

  it('is replaced when it had ended before the call began', async () => {
    keeper.close();
    track.readyState = 'ended';
    keeper = make();
    await settled();
    expect(told).toEqual(['replaced by b']);
  });

  it.each([
    ['replaced by b', ['b']],
    ['gone: missing', []],
  ])('is taken while the browser asks the visitor for another one; then it is %s', async (outcome, ids) => {
    opens = ids.map((id) => new FakeTrack(id));
    let answered = () => {};
    answer = new Promise((resolve) => {
      answered = resolve;
    });
    track.dispatchEvent(new Event('ended'));
    clock.advance(700);
    expect(told).toEqual([]);
    clock.advance(200);
    expect(told).toEqual(['taken']);
    answered();
    await settled();
    expect(told).toEqual(['taken', 'given back', outcome]);
    expect(clock.pending).toBe(0);
  });

  it('is not taken when another one opens, or none, before anybody has missed it', async () => {
    track.dispatchEvent(new Event('ended'));
    await settled();
    expect(told).toEqual(['replaced by b']);
    expect(clock.pending).toBe(0);
    opens = [];
    await keeper.recover();
    // Asked for by a visitor who knows that there is none.
    void keeper.recover();
    clock.advance(10_000);
    await settled();
    expect(told).toEqual(['replaced by b', 'gone: missing', 'gone: missing']);
  });

  describe('that was taken, on a page that is shown again,', () => {
    beforeEach(() => {
      track.take(true);
      clock.advance(1_000);
      keeper.expectBack(true);
    });

    it('is let be when it is given back soon, or the page is hidden again', async () => {
      clock.advance(1_000);
      track.take(false);
      await clock.advanceAsync(10_000);
      track.take(true);
      clock.advance(1_000);
      keeper.expectBack(true);
      keeper.expectBack(false);
      await clock.advanceAsync(10_000);
      expect(told).toEqual(['taken', 'given back', 'taken']);
    });

    it('is replaced by one that is heard when it is not given back, as on iOS after a phone call', async () => {
      await clock.advanceAsync(2_000);
      expect(told).toEqual(['taken', 'given back', 'heard again by b']);
      expect(track.stopped).toBe(true);
    });

    it.each([
      ['taken, too', [Object.assign(new FakeTrack('b'), { muted: true })]],
      ['refused', []],
    ])('may still be given back when another one is %s', async (_what, others) => {
      opens = [...others];
      await clock.advanceAsync(10_000);
      expect(told).toEqual(['taken']);
      expect([track.stopped, ...others.map(({ stopped }) => stopped)]).toEqual([
        false,
        ...others.map(() => true),
      ]);
      track.take(false);
      expect(told).toEqual(['taken', 'given back']);
      expect(clock.pending).toBe(0);
    });
  });

  it('is replaced when its device is no longer there, whatever the browser says of the track', async () => {
    await devices.plug('a', 'b', 'c');
    expect(told).toEqual([]);
    await devices.plug('b', 'c');
    expect(told).toEqual(['replaced by b']);
  });

  it('is left alone where the browser hides what devices there are', async () => {
    await devices.plug('');
    await devices.plug();
    expect(told).toEqual([]);
  });

  it('comes back by itself when a device is plugged in and no question is asked for it', async () => {
    opens = [];
    track.dispatchEvent(new Event('ended'));
    await settled();
    expect(told).toEqual(['gone: missing']);
    opens = [new FakeTrack('c')];
    isAllowed = false;
    await devices.plug('c');
    expect(told).toEqual(['gone: missing']);
    isAllowed = true;
    await devices.plug('c');
    expect(told).toEqual(['gone: missing', 'replaced by c']);
  });

  it('comes back when the visitor asks for it, once for many asks', async () => {
    opens = [];
    track.dispatchEvent(new Event('ended'));
    await settled();
    expect(await keeper.recover()).toBe(false);
    opens = [new FakeTrack('c'), new FakeTrack('d')];
    expect(await Promise.all([keeper.recover(), keeper.recover()])).toEqual([true, true]);
    expect(opens).toHaveLength(1);
    expect(told).toEqual(['gone: missing', 'gone: missing', 'replaced by c']);
  });

  it('does not stay open when the call is over before it opens', async () => {
    const [next] = opens;
    const recovering = keeper.recover();
    keeper.close();
    expect(await recovering).toBe(false);
    expect([track.stopped, next?.stopped]).toEqual([true, true]);
    track.take(true);
    clock.advance(10_000);
    expect(told).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
