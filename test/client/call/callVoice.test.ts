import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallVoice } from '../../../client/call/callVoice.ts';
import { LineKeeper } from '../../../client/call/lineKeeper.ts';
import type { VoiceLink } from '../../../client/media/voiceLink.ts';
import type { MediaParameters } from '../../../shared/events.ts';
import { FakeSignalling } from '../../fakes/signalling.ts';

describe('the voice of a call', () => {
  let line: FakeSignalling;
  let opening: PromiseWithResolvers<VoiceLink>;
  let linkMuted: boolean | undefined;
  let voice: CallVoice;
  const track = Object.assign(new EventTarget(), { enabled: true, getSettings: () => ({}), stop() {} });
  const link = {
    setMuted(muted: boolean) {
      linkMuted = muted;
    },
    close() {},
  } as unknown as VoiceLink;
  beforeEach(() => {
    vi.stubGlobal('navigator', { mediaDevices: new EventTarget() });
    opening = Promise.withResolvers();
    vi.spyOn(LineKeeper.prototype, 'open').mockReturnValue(opening.promise);
    line = new FakeSignalling();
    linkMuted = undefined;
    track.enabled = true;
    const nothing = () => {};
    voice = new CallVoice({
      signalling: line.line,
      microphone: track as unknown as MediaStreamTrack,
      dispatch: nothing,
      onTrack: nothing,
      onUnheard: nothing,
      onGone: nothing,
      onLink: nothing,
      onUp: nothing,
      onGivenUp: nothing,
    });
  });
  afterEach(() => {
    voice.close();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });
  const open = async () => {
    const opened = voice.open({} as MediaParameters);
    return async () => {
      opening.resolve(link);
      await opened;
    };
  };

  it('that is muted while it opens is silent at once, and the server knows once it is there', async () => {
    const ready = await open();
    await voice.mute(true);
    expect([track.enabled, line.names]).toEqual([false, []]);
    await ready();
    expect(linkMuted).toBe(true);
    expect(line.asked).toEqual([{ name: 'call.mute', request: { muted: true } }]);
  });

  it('that is unmuted while it opens is heard, although it began to open without sound', async () => {
    track.enabled = false;
    const ready = await open();
    await voice.mute(false);
    await ready();
    expect([track.enabled, linkMuted, line.names]).toEqual([true, false, []]);
  });
});
