import { describe, expect, it } from 'vitest';
import type { Store } from '../../../client/session/browserIds.ts';
import { type RunningCall, RunningCallStore } from '../../../client/session/runningCall.ts';
import { SESSION_TOKEN_TTL_MS } from '../../../server/edge/sessionToken.ts';

const NOW = Date.UTC(2026, 0, 5, 9);
const CALL: RunningCall = {
  callId: 'call_1',
  sessionId: 'ses_1',
  token: 'a.b.c',
  mode: 'voice',
  muted: false,
  panelOpen: true,
  who: null,
};

function memory(): Store & { all: Map<string, string> } {
  const all = new Map<string, string>();
  return {
    all,
    getItem: (key) => all.get(key) ?? null,
    setItem: (key, value) => void all.set(key, value),
    removeItem: (key) => void all.delete(key),
  };
}

const storeOf = (store: Store, site = 'demo', nowMs = NOW) =>
  new RunningCallStore(
    () => ({ url: 'https://segue.example', site }),
    () => store as Storage,
    () => nowMs,
  );

describe('the call that is on', () => {
  it('is found by the next page, until it is over', () => {
    const tab = memory();
    storeOf(tab).write(CALL);
    expect(storeOf(tab).read()).toEqual(CALL);
    storeOf(tab).remove();
    expect(storeOf(tab).read()).toBeNull();
    expect(tab.all.size).toBe(0);
  });

  it('is found with what was written and has not arrived', () => {
    const tab = memory();
    const unsent = [{ id: 'a', text: 'Hello?' }];
    storeOf(tab).write({ ...CALL, unsent });
    expect(storeOf(tab).read()).toEqual({ ...CALL, unsent });
  });

  it('is none of another site', () => {
    const tab = memory();
    storeOf(tab).write(CALL);
    expect(storeOf(tab, 'other').read()).toBeNull();
  });

  it('is gone when it is older than a token may be, whatever the time is for the server', () => {
    const tab = memory();
    storeOf(tab).write(CALL);
    expect(storeOf(tab, 'demo', NOW + 14 * 60_000).read()).toEqual(CALL);
    expect(storeOf(tab, 'demo', NOW + SESSION_TOKEN_TTL_MS).read()).toBeNull();
  });

  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no call', JSON.stringify({ keptAtMs: NOW })],
    ['no token', JSON.stringify({ keptAtMs: NOW, call: { ...CALL, token: '' } })],
    ['another mode', JSON.stringify({ keptAtMs: NOW, call: { ...CALL, mode: 'video' } })],
    [
      'something unsent that nobody wrote',
      JSON.stringify({ keptAtMs: NOW, call: { ...CALL, unsent: [{ id: 'a' }] } }),
    ],
    ['of no time', JSON.stringify({ call: CALL })],
  ])('is not believed when the entry is %s', (_, text) => {
    const tab = memory();
    storeOf(tab).write(CALL);
    for (const key of tab.all.keys()) tab.all.set(key, text);
    expect(storeOf(tab).read()).toBeNull();
  });

  it('is simply not kept where nothing can be', () => {
    const forbidden = new RunningCallStore(
      () => ({ url: 'https://segue.example', site: 'demo' }),
      () => {
        throw new DOMException('no', 'SecurityError');
      },
    );
    forbidden.write(CALL);
    forbidden.remove();
    expect(forbidden.read()).toBeNull();
  });
});
