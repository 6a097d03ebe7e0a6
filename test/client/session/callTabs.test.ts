import { afterEach, describe, expect, it, vi } from 'vitest';
import { CallTabs, type TabCall } from '../../../client/session/callTabs.ts';

/** The channel of one origin: every other tab hears what one says. */
class FakeChannel extends EventTarget {
  static all = new Set<FakeChannel>();
  /** Whose page it is; the real ones tell by `performance.timeOrigin`, of which a test has only one. */
  static from = 0;
  readonly page = ++FakeChannel.from;

  constructor() {
    super();
    FakeChannel.all.add(this);
  }

  postMessage(data: object): void {
    for (const other of [...FakeChannel.all]) {
      if (other === this) continue;
      other.dispatchEvent(
        new MessageEvent('message', { data: { ...structuredClone(data), from: this.page } }),
      );
    }
  }

  close(): void {
    FakeChannel.all.delete(this);
  }
}

const CALL: TabCall = {
  call: {
    callId: 'call_1',
    sessionId: 'ses_1',
    token: 't',
    mode: 'voice',
    muted: false,
    panelOpen: true,
    who: null,
  },
  lines: [],
};

const opened: CallTabs[] = [];
let keys = 0;

function tab(key: string, own: TabCall | null = null) {
  const seen: (TabCall | null)[] = [];
  const state = { own };
  globalThis.BroadcastChannel = FakeChannel as unknown as typeof BroadcastChannel;
  const tabs = new CallTabs(key, {
    own: () => state.own,
    onElsewhere: (call) => seen.push(call),
    onOrphaned: () => {},
  });
  opened.push(tabs);
  return { tabs, seen, state };
}

describe.skipIf(!('locks' in navigator))('the tabs of a site', () => {
  afterEach(() => {
    for (const tabs of opened.splice(0)) tabs.close();
    FakeChannel.all.clear();
  });
  const key = () => `segue.call ${++keys}`;

  it('hear of a call when they ask, and when it is over', () => {
    const name = key();
    const owner = tab(name, CALL);
    const other = tab(name);
    other.tabs.ask();
    expect(other.seen.at(-1)?.call.callId).toBe('call_1');
    owner.state.own = null;
    owner.tabs.release('gone');
    expect(other.seen.at(-1)).toBeNull();
  });

  it('know that there is none when nobody answers', () => {
    vi.useFakeTimers();
    try {
      const name = key();
      const kept = tab(name);
      kept.tabs.ask();
      vi.advanceTimersByTime(1_000);
      expect(kept.seen).toEqual([null]);
      tab(name, CALL);
      kept.tabs.ask();
      vi.advanceTimersByTime(1_000);
      expect(kept.seen.slice(1)).toEqual([expect.objectContaining(CALL)]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are told nothing by what they do not understand, as of an older version in another tab', () => {
    const { seen } = tab(key());
    const older = { ...CALL.call, token: undefined };
    for (const said of [null, 'here', { type: 'here' }, { type: 'here', call: older, lines: [] }]) {
      new FakeChannel().postMessage({ ...Object(said) });
    }
    expect(seen).toEqual([]);
  });

  it('do not take a call from the tab that has it by merely being there', async () => {
    const name = key();
    const owner = tab(name, CALL);
    expect(await owner.tabs.claim(true)).toBe(true);
    const duplicate = tab(name);
    expect(await duplicate.tabs.claim(false)).toBe(false);
  });

  it('get it when the page before has left', async () => {
    const name = key();
    const before = tab(name, CALL);
    await before.tabs.claim(true);
    const next = tab(name);
    before.state.own = null;
    const claimed = next.tabs.claim(false);
    before.tabs.release('left');
    expect(await claimed).toBe(true);
  });

  it('take it when the visitor says so', async () => {
    const name = key();
    const owner = tab(name, CALL);
    await owner.tabs.claim(true);
    const other = tab(name);
    expect(await other.tabs.claim(true)).toBe(true);
  });

  it('do without a channel where the browser forbids one: there is no call elsewhere', () => {
    vi.useFakeTimers();
    vi.stubGlobal(
      'BroadcastChannel',
      class {
        constructor() {
          throw new DOMException('', 'SecurityError');
        }
      },
    );
    try {
      const seen: (TabCall | null)[] = [];
      const tabs = new CallTabs(key(), {
        own: () => CALL,
        onElsewhere: (call) => seen.push(call),
        onOrphaned: () => {},
      });
      opened.push(tabs);
      tabs.ask();
      tabs.tell();
      vi.advanceTimersByTime(1_000);
      tabs.release('gone');
      expect(seen).toEqual([null]);
    } finally {
      vi.unstubAllGlobals();
      vi.useRealTimers();
    }
  });
});
