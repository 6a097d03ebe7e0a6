import { describe, expect, it } from 'vitest';
import { wantsAttention } from '../../../client/call/attention.ts';
import { IDLE_CALL } from '../../../client/call/callModel.ts';
import { type CallAction, reduceCall } from '../../../client/call/callReducer.ts';

/** Which of the actions, one after the other, a visitor hears of whose panel is closed. */
function shown(...actions: CallAction[]): CallAction['type'][] {
  let model = IDLE_CALL;
  return actions
    .filter((action) => {
      const before = model;
      model = reduceCall(before, action);
      return model !== before && wantsAttention(model, before);
    })
    .map(({ type }) => type);
}

const LIVE: CallAction[] = [
  { type: 'called', mode: 'voice' },
  { type: 'started', callId: 'call_1' },
  { type: 'live', atMs: 0 },
];
const lost: CallAction = { type: 'writing', reason: 'missing', canTalkAgain: true };
const noSound: CallAction = { type: 'writing', reason: 'blocked', canTalkAgain: true };

describe('a call whose panel is closed is shown', () => {
  it('when nobody can be heard any more, once for each loss', () => {
    expect(shown(...LIVE, lost)).toEqual(['writing']);
    expect(shown(...LIVE, lost, lost, { ...lost, reason: 'refused' })).toEqual(['writing']);
    expect(shown(...LIVE, noSound, { ...noSound, reason: 'trying' }, noSound)).toEqual(['writing']);
    expect(shown(...LIVE, lost, { type: 'voiceBack' }, lost)).toEqual(['writing', 'writing']);
  });

  it('when the browser wants a tap, once until it has had it', () => {
    const blocked: CallAction = { type: 'audioBlocked', blocked: true };
    expect(shown(...LIVE, blocked, blocked)).toEqual(['audioBlocked']);
    expect(shown(...LIVE, blocked, { ...blocked, blocked: false })).toEqual(['audioBlocked']);
    const resumed: CallAction = { type: 'resumed', mode: 'voice', callId: 'call_1', muted: false };
    expect(shown(resumed, { type: 'awaitsTap', awaits: true })).toEqual(['awaitsTap']);
  });

  it('when it is over, unless the visitor has ended it', () => {
    for (const reason of ['assistant', 'handoff', 'disconnected', 'timeout', 'error', 'shutdown'] as const) {
      expect(shown(...LIVE, { type: 'ended', reason, atMs: 1 })).toEqual(['ended']);
    }
    expect(shown(...LIVE, { type: 'ended', reason: 'caller', atMs: 1 })).toEqual([]);
    const error = { code: 'NETWORK_UNREACHABLE', message: '', retryable: true } as const;
    expect(shown(...LIVE, { type: 'failed', error, atMs: 1 })).toEqual(['failed']);
  });

  it('not for what passes by itself, what the visitor wanted, or what the page before has shown', () => {
    const passing: CallAction[] = [
      { type: 'linkLost' },
      { type: 'linkBack' },
      { type: 'notice', notice: { kind: 'taken' } },
      { type: 'muted', muted: true },
    ];
    expect(shown(...LIVE, ...passing)).toEqual([]);
    expect(shown(...LIVE, { type: 'writing', reason: null }, { type: 'left' })).toEqual([]);
    const soundless: CallAction[] = [
      { type: 'resumed', mode: 'writing', callId: 'call_1', muted: false, blocked: true },
      { type: 'live', atMs: 0 },
    ];
    expect(shown(...soundless)).toEqual([]);
  });
});
