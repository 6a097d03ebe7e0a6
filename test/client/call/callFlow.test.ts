import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallError } from '../../../client/call/callError.ts';
import { CallFlow } from '../../../client/call/callFlow.ts';
import { VoiceWay } from '../../../client/call/voiceWay.ts';
import type { RunningCall } from '../../../client/session/runningCall.ts';
import { FakeSignalling } from '../../fakes/signalling.ts';

const CALL: RunningCall = {
  callId: 'call_1',
  sessionId: 'ses_1',
  token: 't',
  mode: 'voice',
  muted: false,
  panelOpen: true,
  who: null,
};
const ATTACHED = { callId: 'call_1', media: {}, state: 'live', lines: [], offer: null, atMs: 0 };

class FakeTrack {
  readonly readyState = 'live';
  enabled = true;
  stopped = false;

  stop(): void {
    this.stopped = true;
  }
}

let flow: CallFlow;
let line: FakeSignalling;
let track: FakeTrack;
/** Opens the session's line; by itself, unless a test holds it back. */
let connect: () => Promise<FakeSignalling>;
/** What of the microphone is to be sent, each time that a voice begins to open. */
let opened: boolean[];

beforeEach(() => {
  line = new FakeSignalling();
  track = new FakeTrack();
  connect = async () => line;
  opened = [];
  vi.stubGlobal('RTCPeerConnection', class {});
  vi.stubGlobal('MediaStreamTrack', FakeTrack);
  vi.stubGlobal('document', { readyState: 'complete' });
  vi.stubGlobal('navigator', {
    languages: ['en'],
    permissions: { query: async () => ({ state: 'granted' }) },
    getAutoplayPolicy: () => 'allowed',
    mediaDevices: { getUserMedia: async () => ({ getAudioTracks: () => [track] }) },
  });
  vi.stubGlobal('fetch', async () => Response.json({ sessionId: 'ses_1', token: 't', voice: true }));
  vi.spyOn(VoiceWay.prototype, 'open').mockImplementation(async (_media, { enabled }) => {
    opened.push(enabled);
  });
  const sessionRequest = () => ({
    site: 'demo',
    lang: 'en',
    page: { url: '', title: '', referrer: '', language: '' },
    context: { cart: 1 },
    events: [],
  });
  flow = new CallFlow(
    { serverUrl: () => 'https://segue.example', sessionRequest, pageEvents: () => [], nowMs: () => 0 },
    async (_url, _token, signal) => {
      const opening = await connect();
      signal.throwIfAborted();
      return opening.line;
    },
  );
});

afterEach(() => {
  flow.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('a caller who chooses to write when it is their turn', () => {
  it('is answered in writing, and no microphone opens', async () => {
    const turn = Promise.withResolvers<unknown>();
    const answers = [
      () => Promise.reject(new CallError({ code: 'CAPACITY_REACHED', message: '', retryable: true })),
      () => turn.promise,
    ];
    line.answer = ({ name }) => (name === 'call.start' ? answers.shift()?.() : null);
    const started = flow.start('voice');
    await vi.waitFor(() => expect(line.names).toEqual(['call.start']));
    line.tell('queue', { position: 1, waitMs: 0, callsBack: true });
    line.tell('queue', { position: 0, waitMs: 0, callsBack: true });
    await vi.waitFor(() => expect(line.names).toEqual(['call.start', 'call.start']));
    flow.answerExplanation(false);
    turn.resolve({ callId: 'call_1', media: {} });
    await started;
    expect(opened).toEqual([]);
    expect(track.stopped).toBe(true);
    expect(line.names.slice(2)).toEqual(['media.giveUp']);
    expect(flow.model).toMatchObject({ state: 'live', mode: 'writing', noVoice: null });
  });

  it('hears why it is in writing when the server has no sound for them', async () => {
    line.answer = () => ({ callId: 'call_1', media: null });
    await flow.start('voice');
    expect([track.stopped, line.names]).toEqual([true, ['call.start']]);
    expect(flow.model).toMatchObject({ state: 'live', mode: 'writing', noVoice: 'server' });
  });
});

describe('muting a call whose voice is not there yet', () => {
  it('has it begin muted, on the next page as well', async () => {
    const connecting = Promise.withResolvers<FakeSignalling>();
    connect = () => connecting.promise;
    line.answer = () => ATTACHED;
    const resumed = flow.resume(CALL);
    await flow.mute(true);
    expect(flow.model).toMatchObject({ state: 'reconnecting', muted: true });
    connecting.resolve(line);
    await resumed;
    expect(opened).toEqual([false]);
    expect(flow.model).toMatchObject({ state: 'live', muted: true });
  });

  it('goes on muted as it was, and unmuted if that was taken back meanwhile', async () => {
    line.answer = () => ATTACHED;
    const resumed = flow.resume({ ...CALL, muted: true });
    await resumed;
    expect(opened).toEqual([false]);
    flow.leave();
    const again = flow.resume({ ...CALL, muted: true });
    await flow.mute(false);
    await again;
    expect(opened).toEqual([false, true]);
  });

  it('holds for a call that has only just been asked for', async () => {
    line.answer = () => ({ callId: 'call_1', media: {} });
    const started = flow.start('voice');
    await flow.mute(true);
    await started;
    expect(opened).toEqual([false]);
  });

  it('is refused where there is nothing to mute', async () => {
    await expect(flow.mute(true)).rejects.toMatchObject({ code: 'CALL_NOT_STARTED' });
    line.answer = () => ({ callId: 'call_1', media: null });
    await flow.start('writing');
    await expect(flow.mute(true)).rejects.toMatchObject({ code: 'CALL_NOT_STARTED' });
  });
});
