import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallModel, IDLE_CALL, isActive } from '../../../client/call/callModel.ts';
import { type CallAction, reduceCall } from '../../../client/call/callReducer.ts';
import type { InputOffer, Transcript } from '../../../shared/events.ts';

const played = (...actions: CallAction[]): CallModel => actions.reduce(reduceCall, IDLE_CALL);
const called: CallAction = { type: 'called', mode: 'voice' };
const live: CallAction = { type: 'live', atMs: 100 };
const line = (id: string, text: string, final: boolean): CallAction => ({
  type: 'transcript',
  line: { id, speaker: 'caller', text, final, language: 'en', atMs: 0 } satisfies Transcript,
});
const error = { code: 'INTERNAL', message: 'x', retryable: true } as const;

describe('the state machine of a call', () => {
  it('goes from idle through connecting to live and to the end', () => {
    expect(played(called).state).toBe('connecting');
    expect(played(called, live)).toMatchObject({ state: 'live', liveAtMs: 100 });
    expect(played(called, live, { type: 'ended', reason: 'caller', atMs: 900 })).toMatchObject({
      state: 'ended',
      endReason: 'caller',
      overAtMs: 900,
    });
  });

  it('reconnects only from live, and comes back', () => {
    expect(played(called, { type: 'linkLost' }).state).toBe('connecting');
    expect(played(called, live, { type: 'linkLost' }).state).toBe('reconnecting');
    expect(played(called, live, { type: 'linkLost' }, { type: 'linkBack' })).toMatchObject({
      state: 'live',
      liveAtMs: 100,
    });
  });

  it('goes on with a call of another page: what came meanwhile is later than what is remembered', () => {
    const resumed: CallAction = { type: 'resumed', mode: 'voice', callId: 'call_1', muted: true };
    const remembered = played(called, line('a', 'Hel', false), line('b', 'Yes', true)).lines;
    const offer: InputOffer = { kinds: ['keys'], label: 'Your order number' };
    const attached: CallAction = { type: 'attached', lines: remembered, offer, startedAtMs: 50 };
    const model = played(resumed, line('a', 'Hello', true), line('c', 'Then', true), attached);
    expect(model).toMatchObject({ state: 'reconnecting', callId: 'call_1', muted: true, liveAtMs: 50 });
    expect(model.offer).toEqual(offer);
    expect(model.lines.map(({ text }) => text)).toEqual(['Hello', 'Yes', 'Then']);
    expect(reduceCall(model, live)).toMatchObject({ state: 'live', liveAtMs: 50 });
  });

  it('knows what was written and has not arrived, until it has, and when the call is over', () => {
    const toSend = (id: string): CallAction => ({ type: 'toSend', message: { id, text: `${id}?` } });
    const [one, two] = [toSend('one'), toSend('two')].map((action) => played(called, action).unsent[0]);
    const unsent = [one, two].filter((message) => message !== undefined);
    const resumed: CallAction = { type: 'resumed', mode: 'voice', callId: 'call_1', muted: false, unsent };
    const three = played(resumed, toSend('three'));
    expect(three.unsent.map(({ id }) => id)).toEqual(['one', 'two', 'three']);
    const left = reduceCall(three, { type: 'handled', id: 'one' });
    expect(reduceCall(left, { type: 'failed', error, atMs: 1 }).unsent.map(({ id }) => id)).toEqual([
      'two',
      'three',
    ]);
    expect(reduceCall(left, { type: 'left' })).toEqual(IDLE_CALL);
    expect(reduceCall(left, { type: 'left', isOver: true })).toEqual({ ...IDLE_CALL, unsent: left.unsent });
    expect(reduceCall({ ...left, state: 'failed' }, called).unsent).toEqual([]);
  });

  it('is not live by itself while it waits for a tap', () => {
    const resumed: CallAction = { type: 'resumed', mode: 'voice', callId: 'call_1', muted: false };
    const waiting = played(resumed, { type: 'awaitsTap', awaits: true });
    expect(reduceCall(waiting, { type: 'linkBack' }).state).toBe('reconnecting');
    expect(reduceCall(waiting, live)).toMatchObject({ state: 'live', awaitsTap: false });
  });

  it('lets go of a call that goes on elsewhere, and shows it while there is none here', () => {
    const lines = played(called, line('a', 'Hello', true)).lines;
    const left = played(called, live, { type: 'left' });
    expect(left).toEqual(IDLE_CALL);
    const elsewhere = reduceCall(left, { type: 'elsewhere', lines });
    expect(elsewhere).toMatchObject({ state: 'idle', elsewhere: true, lines });
    expect(reduceCall(elsewhere, { type: 'elsewhere', lines: null })).toEqual(IDLE_CALL);
    const own = played(called, live);
    expect(reduceCall(own, { type: 'elsewhere', lines })).toBe(own);
    expect(reduceCall(elsewhere, called)).toMatchObject({ state: 'connecting', elsewhere: false, lines: [] });
  });

  it('stays ended whatever comes late, until it is called again', () => {
    const ended = played(called, live, { type: 'ended', reason: 'caller', atMs: 900 });
    for (const late of [live, line('a', 'late', true), { type: 'failed', error, atMs: 1 } as const]) {
      expect(reduceCall(ended, late)).toBe(ended);
    }
    expect(reduceCall(ended, called)).toEqual({ ...IDLE_CALL, state: 'connecting' });
  });

  it('does not start a second call over a running one', () => {
    const running = played(called, live);
    expect(reduceCall(running, { type: 'called', mode: 'writing' })).toBe(running);
  });

  it('replaces a partial line in place and keeps a final one', () => {
    const model = played(
      called,
      live,
      line('a', 'wh', false),
      line('b', 'x', true),
      line('a', 'where', true),
    );
    expect(model.lines.map(({ text }) => text)).toEqual(['where', 'x']);
    expect(reduceCall(model, line('a', 'whe', false)).lines).toEqual(model.lines);
  });

  it('drops a turn that turns out to be empty, and unfinished lines at the end', () => {
    expect(played(called, live, line('a', 'mm', false), line('a', '', true)).lines).toEqual([]);
    const ended = played(called, live, line('a', 'mm', false), { type: 'ended', reason: 'caller', atMs: 9 });
    expect(ended.lines).toEqual([]);
  });

  it('turns to writing with the reason, and never back', () => {
    const model = played(called, { type: 'writing', reason: 'refused' });
    expect(model).toMatchObject({ mode: 'writing', noVoice: 'refused', state: 'connecting' });
    expect(reduceCall(model, { type: 'microphone', step: 'explain' })).toBe(model);
    expect(reduceCall(model, { type: 'writing', reason: 'server' })).toBe(model);
  });

  it('holds its invariants under any sequence of actions', () => {
    const action = fc.oneof(
      fc.constantFrom<CallAction>(
        called,
        { type: 'called', mode: 'writing' },
        live,
        { type: 'linkLost' },
        { type: 'linkBack' },
        { type: 'ended', reason: 'assistant', atMs: 500 },
        { type: 'failed', error, atMs: 500 },
        { type: 'muted', muted: true },
        { type: 'speech', who: 'assistant', active: true },
        { type: 'offer', offer: { kinds: ['keys'], label: 'x' } },
        { type: 'writing', reason: 'missing' },
        { type: 'microphone', step: 'ask' },
        { type: 'started', callId: 'call_1' },
      ),
      fc
        .tuple(fc.constantFrom('a', 'b', 'c'), fc.string(), fc.boolean())
        .map(([id, text, final]) => line(id, text, final)),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const model = played(...actions);
        expect(new Set(model.lines.map(({ id }) => id)).size).toBe(model.lines.length);
        if (model.state === 'live' || model.state === 'reconnecting') expect(model.liveAtMs).not.toBeNull();
        if (!isActive(model.state)) {
          expect(model.offer).toBeNull();
          expect(Object.values(model.speaking)).not.toContain(true);
        }
        if (model.state === 'failed') expect(model.error).not.toBeNull();
      }),
    );
  });

  it('goes on in writing without sound, says what is being tried, and comes back to the voice', () => {
    const quality: CallAction = { type: 'quality', quality: 'poor' };
    const writing = (reason: 'blocked' | 'trying' | 'refused'): CallAction => ({
      type: 'writing',
      reason,
      canTalkAgain: true,
    });
    const lost = played(called, live, quality, { type: 'linkLost' }, writing('blocked'));
    const blocked = { mode: 'writing', noVoice: 'blocked', canTalkAgain: true };
    expect(lost).toMatchObject({ ...blocked, state: 'reconnecting', quality: null });
    expect(reduceCall(lost, { type: 'linkBack' })).toMatchObject({ ...blocked, state: 'live' });
    const trying = reduceCall(lost, writing('trying'));
    expect(trying).toMatchObject({ noVoice: 'trying', canTalkAgain: true });
    expect(reduceCall(trying, writing('refused'))).toMatchObject({ noVoice: 'refused', canTalkAgain: true });
    expect(reduceCall(trying, { type: 'voiceBack' })).toMatchObject({ mode: 'voice', noVoice: null });
    // On the next page, too.
    const next = played({ type: 'resumed', mode: 'writing', callId: 'call_1', muted: false, blocked: true });
    expect(next).toMatchObject({ ...blocked, state: 'reconnecting' });
    // Who has chosen to write is not talked out of it.
    const chosen = played(called, { type: 'writing', reason: null });
    expect(reduceCall(chosen, writing('blocked'))).toBe(chosen);
  });

  it('goes on in writing without a microphone, and comes back to the voice only where one can', () => {
    const notice = { type: 'notice', notice: { kind: 'changed', name: 'Headset' } } as const;
    const lost = played(called, live, { type: 'writing', reason: 'missing', canTalkAgain: true });
    expect(lost).toMatchObject({ mode: 'writing', noVoice: 'missing', canTalkAgain: true });
    expect(reduceCall(lost, notice)).toBe(lost);
    const back = [{ type: 'voiceBack' } as const, notice].reduce(reduceCall, lost);
    expect(back).toMatchObject({ mode: 'voice', noVoice: null, canTalkAgain: false, notice: notice.notice });
    const writing = played(called, live, { type: 'writing', reason: 'missing' });
    expect(reduceCall(writing, { type: 'voiceBack' })).toBe(writing);
    // Heard through it, the caller needs no word about it.
    expect(reduceCall(back, { type: 'speech', who: 'assistant', active: true }).notice).not.toBeNull();
    expect(reduceCall(back, { type: 'speech', who: 'caller', active: true }).notice).toBeNull();
  });
});
