import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Speaker } from '../../../client/media/speaker.ts';

class FakeAudio extends EventTarget {
  paused = true;
  isAllowed = true;
  plays = 0;
  srcObject: unknown = null;

  async play(): Promise<void> {
    this.plays += 1;
    if (!this.isAllowed) throw new DOMException('', 'NotAllowedError');
    this.paused = false;
  }

  pause(): void {
    this.paused = true;
  }

  remove(): void {}
}

class FakeMicrophone extends EventTarget {
  muted = false;
  readyState = 'live';

  take(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the voice of the other side', () => {
  let audio: FakeAudio;
  let page: EventTarget & { hidden: boolean };
  let microphone: FakeMicrophone;
  let blocked: boolean[];
  let speaker: Speaker;
  const beside = () => speaker.beside(microphone as unknown as MediaStreamTrack);
  const happens = (what: string) => page.dispatchEvent(new Event(what));
  const show = (visible: boolean) => {
    page.hidden = !visible;
    happens('visibilitychange');
  };

  beforeEach(async () => {
    audio = new FakeAudio();
    page = Object.assign(new EventTarget(), { hidden: false, createElement: () => audio });
    microphone = new FakeMicrophone();
    blocked = [];
    vi.stubGlobal('document', page);
    vi.stubGlobal('MediaStream', class {});
    speaker = new Speaker({ append: () => {} } as unknown as ShadowRoot, (is) => blocked.push(is));
    speaker.play({} as MediaStreamTrack);
    beside();
    await settled();
    return () => vi.unstubAllGlobals();
  });

  it('is played once, and not again by a page that is shown or touched while it plays', () => {
    show(false);
    show(true);
    happens('pointerup');
    expect([audio.plays, blocked]).toEqual([1, [false]]);
  });

  it('goes on when the page is shown again on which the system has paused it', () => {
    audio.pause();
    show(false);
    expect(audio.paused).toBe(true);
    show(true);
    expect(audio.paused).toBe(false);
  });

  it('waits for the microphone that a phone call has', () => {
    microphone.take(true);
    audio.pause();
    show(true);
    happens('touchend');
    expect(audio.paused).toBe(true);
    microphone.take(false);
    expect(audio.paused).toBe(false);
  });

  it('goes on beside another microphone, and without one', () => {
    microphone.take(true);
    audio.pause();
    const before = microphone;
    microphone = new FakeMicrophone();
    beside();
    expect(audio.paused).toBe(false);
    audio.pause();
    before.take(false);
    expect(audio.paused).toBe(true);
    microphone.muted = true;
    microphone.readyState = 'ended';
    happens('keydown');
    expect(audio.paused).toBe(false);
  });

  it('asks for a gesture where the browser wants one, and takes any', async () => {
    audio.pause();
    audio.isAllowed = false;
    show(true);
    await settled();
    expect(blocked).toEqual([false, true]);
    audio.isAllowed = true;
    happens('pointerup');
    await settled();
    expect(blocked).toEqual([false, true, false]);
  });

  it('is over when it is closed, whatever happens on the page', () => {
    speaker.close();
    happens('pointerup');
    show(true);
    microphone.take(false);
    expect(audio.plays).toBe(1);
  });
});
