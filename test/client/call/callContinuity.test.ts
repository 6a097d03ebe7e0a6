import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CallContinuity } from '../../../client/call/callContinuity.ts';
import { CallError } from '../../../client/call/callError.ts';
import type { StackHost } from '../../../client/contract.ts';
import type { RunningCall } from '../../../client/session/runningCall.ts';
import type { Asked } from '../../fakes/signalling.ts';
import { ATTACHED, CALL, type FlowPage, openFlow, STARTED } from './openFlow.ts';

/** The other tabs' end of the channel. */
class FakeChannel extends EventTarget {
  static last: FakeChannel;

  constructor() {
    super();
    FakeChannel.last = this;
  }

  postMessage(): void {}

  close(): void {}

  hear(data: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: { from: 1, ...data } }));
  }
}

describe('a page that acts before it knows of the call of before', () => {
  let page: FlowPage;
  let continuity: CallContinuity;
  let tokens: string[];
  let states: string[];
  const kept = new Map<string, string>();
  const KEY = 'segue.call https://segue.example demo';
  const keep = (call: RunningCall) => kept.set(KEY, JSON.stringify({ keptAtMs: Date.now(), call }));
  const answer = ({ name }: Asked) =>
    name === 'call.attach' ? ATTACHED : name === 'call.start' ? { ...STARTED, media: null } : null;
  beforeEach(() => {
    page = openFlow();
    kept.clear();
    tokens = [];
    states = [];
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('BroadcastChannel', FakeChannel);
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
      removeItem: (key: string) => kept.delete(key),
    });
    page.line.answer = answer;
    page.connect = async (token) => {
      tokens.push(token);
      return page.line;
    };
    page.flow.on('model', ({ state }) => states.at(-1) !== state && states.push(state));
    continuity = new CallContinuity(
      {
        serverUrl: 'https://segue.example',
        site: 'demo',
        identity: undefined,
        panelOpen: false,
        openPanel: () => {},
        shadow: { activeElement: null },
        minimisePanel: () => {},
      } as Partial<StackHost> as StackHost,
      page.flow,
    );
    return () => {
      continuity.close();
      page.close();
    };
  });

  it('ends that call when it hangs up, and the microphone stays off', async () => {
    keep(CALL);
    await continuity.hangUp();
    continuity.find();
    expect(states).toEqual(['reconnecting', 'ended']);
    expect(kept.size).toBe(0);
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect([page.microphones, page.opened]).toEqual([0, []]);
    expect([page.line.names, page.line.closed]).toEqual([['call.hangUp'], true]);
  });

  it('writes in that call, not in one more', async () => {
    keep(CALL);
    const sent = continuity.sendText('Hello');
    continuity.find();
    await sent;
    expect(tokens).toEqual(['t']);
    expect(page.line.names.filter((name) => name !== 'context.replace')).toEqual([
      'call.attach',
      'text.send',
    ]);
    expect(page.flow.model.callId).toBe('call_1');
  });

  it('writes in a call of its own when that one has ended meanwhile', async () => {
    keep(CALL);
    page.line.answer = (asked) => {
      if (asked.name === 'call.attach') throw CallError.of('CALL_NOT_STARTED');
      return answer(asked);
    };
    await continuity.sendText('Hello');
    expect(tokens).toEqual(['t', 'fresh']);
    expect(page.line.names).toEqual(['call.attach', 'call.start', 'text.send']);
    expect(page.flow.model).toMatchObject({ state: 'live', mode: 'writing' });
  });

  it('keeps for the next page what was written and has not arrived', async () => {
    keep(CALL);
    const taken = Promise.withResolvers<null>();
    page.line.answer = (asked) => (asked.name === 'text.send' ? taken.promise : answer(asked));
    const sent = continuity.sendText('Hello');
    await vi.waitFor(() => expect(page.line.names).toContain('text.send'));
    const unsent = () => (JSON.parse(kept.get(KEY) ?? '{}') as { call: RunningCall }).call.unsent;
    expect(unsent()).toMatchObject([{ text: 'Hello' }]);
    taken.resolve(null);
    await sent;
    expect(unsent()).toEqual([]);
  });

  it('mutes that call', async () => {
    keep(CALL);
    await continuity.mute();
    expect(page.flow.model).toMatchObject({ callId: 'call_1', muted: true });
  });

  it('has no call to go on with, as a rule', async () => {
    await continuity.hangUp();
    await expect(continuity.mute()).rejects.toMatchObject({ code: 'CALL_NOT_STARTED' });
    expect(states).toEqual([]);
    await continuity.call();
    expect(tokens).toEqual(['fresh']);
  });

  it('writes in the call of another tab, and has it from then on', async () => {
    continuity.find();
    FakeChannel.last.hear({ type: 'here', call: CALL, lines: [] });
    expect(continuity.elsewhere).toBe(true);
    await continuity.sendText('Hello');
    expect(continuity.elsewhere).toBe(false);
    expect(tokens).toEqual(['t']);
    expect(page.line.names).toContain('text.send');
  });
});
