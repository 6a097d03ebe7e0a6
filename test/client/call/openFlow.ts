import { vi } from 'vitest';
import { CallFlow } from '../../../client/call/callFlow.ts';
import { VoiceWay } from '../../../client/call/voiceWay.ts';
import type { RunningCall } from '../../../client/session/runningCall.ts';
import { FakeSignalling } from '../../fakes/signalling.ts';

export const CALL: RunningCall = {
  callId: 'call_1',
  sessionId: 'ses_1',
  token: 't',
  mode: 'voice',
  muted: false,
  panelOpen: true,
  who: null,
};
export const STARTED = { callId: 'call_1', language: 'en', media: {} };
export const ATTACHED = { ...STARTED, state: 'live', lines: [], offer: null, atMs: 0 };

class FakeTrack {
  readonly readyState = 'live';
  enabled = true;
  stopped = false;

  stop(): void {
    this.stopped = true;
  }
}

/** A flow on a page whose microphone is granted and whose sound opens by itself; `close` undoes what it has stubbed. */
export function openFlow() {
  const line = new FakeSignalling();
  const track = new FakeTrack();
  const page = {
    flow: null as unknown as CallFlow,
    /** The line of the session; each is the same unless `connect` is another one. */
    line,
    track,
    connect: async (_token: string): Promise<FakeSignalling> => line,
    /** What of the microphone is to be sent, each time that a voice begins to open. */
    opened: [] as boolean[],
    microphones: 0,
    close() {
      page.flow.close();
      vi.restoreAllMocks();
      vi.unstubAllGlobals();
    },
  };
  vi.stubGlobal('RTCPeerConnection', class {});
  vi.stubGlobal('MediaStreamTrack', FakeTrack);
  vi.stubGlobal(
    'document',
    Object.assign(new EventTarget(), { readyState: 'complete', visibilityState: 'visible' }),
  );
  vi.stubGlobal('navigator', {
    languages: ['en'],
    permissions: {
      // A browser asks another process.
      query: () => new Promise((resolve) => setImmediate(resolve, { state: 'granted' })),
    },
    getAutoplayPolicy: () => 'allowed',
    mediaDevices: {
      async getUserMedia() {
        page.microphones += 1;
        return { getAudioTracks: () => [track] };
      },
    },
  });
  vi.stubGlobal('fetch', async () => Response.json({ sessionId: 'ses_2', token: 'fresh', voice: true }));
  vi.spyOn(VoiceWay.prototype, 'open').mockImplementation(async (_media, { enabled }) => {
    page.opened.push(enabled);
  });
  const sessionRequest = () => ({
    site: 'demo',
    lang: 'en',
    page: { url: '', title: '', referrer: '', language: '' },
    context: { cart: 1 },
    events: [],
  });
  page.flow = new CallFlow(
    { serverUrl: () => 'https://segue.example', sessionRequest, pageEvents: () => [], nowMs: () => 0 },
    async (_url, token, signal) => {
      const opening = await page.connect(token);
      signal.throwIfAborted();
      return opening.line;
    },
  );
  return page;
}

export type FlowPage = ReturnType<typeof openFlow>;
