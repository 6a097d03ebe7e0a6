import { afterEach, describe, expect, it, vi } from 'vitest';
import { CallHoldings } from '../../../client/call/callHoldings.ts';
import { Connection } from '../../../client/call/connection.ts';
import { MicrophoneConsent } from '../../../client/call/microphoneConsent.ts';
import type { Signalling } from '../../../client/call/signalling.ts';
import { VoiceWay, type VoiceWayParts } from '../../../client/call/voiceWay.ts';
import type { MediaParameters } from '../../../shared/events.ts';

describe('the way of a call to its voice', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('opens no microphone for somebody who hangs up while the sound is still being given up', async () => {
    const getUserMedia = vi.fn<() => Promise<never>>(() => new Promise(() => {}));
    vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });
    const holdings = new CallHoldings(
      new MicrophoneConsent(() => {}),
      new Connection({ onLost: () => {}, onBack: () => {}, onGivenUp: () => {} }),
    );
    let knows = (): void => {};
    holdings.signalling = {
      roundTripMs: 0,
      onBack: () => {},
      close: () => {},
      request: () => new Promise<void>((resolve) => (knows = resolve)),
    } as unknown as Signalling;
    const nothing = () => {};
    const way = new VoiceWay({
      holdings,
      dispatch: nothing,
      onTrack: nothing,
      onUnheard: nothing,
      onGone: nothing,
      onOpen: nothing,
      onLink: nothing,
      onVoiceless: nothing,
      onBlocked: nothing,
      onFailed: nothing,
    } satisfies VoiceWayParts);
    // There is no WebRTC here: sound does not get through.
    const opened = way.open({} as MediaParameters, { stop: nothing } as MediaStreamTrack);
    await vi.waitFor(() => expect(holdings.voice).toBeUndefined());
    const talking = way.talkAgain();
    holdings.release();
    knows();
    await Promise.all([opened, talking]);
    expect(getUserMedia).not.toHaveBeenCalled();
  });
});
