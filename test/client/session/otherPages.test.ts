import { beforeEach, describe, expect, it, vi } from 'vitest';
import { watchForCall } from '../../../client/session/otherPages.ts';

describe('the launcher looks for a call', () => {
  let kept: string | null;
  let page: EventTarget;
  let found: number;
  let channels: { onmessage: (event: { data: unknown }) => void; close(): void }[];
  const show = (persisted: boolean) =>
    page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }));
  const watch = () =>
    watchForCall('segue.call', () => {
      found += 1;
    });

  beforeEach(() => {
    kept = null;
    found = 0;
    page = new EventTarget();
    channels = [];
    vi.stubGlobal('sessionStorage', { getItem: () => kept });
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
    vi.stubGlobal(
      'BroadcastChannel',
      class {
        constructor() {
          channels.push(this as never);
        }
        postMessage() {}
        close() {}
      },
    );
    return () => vi.unstubAllGlobals();
  });

  it('again when the page is shown that was kept while a call began on the next one', () => {
    const stop = watch();
    kept = '{}';
    show(false);
    expect(found).toBe(0);
    show(true);
    expect(found).toBe(1);
    stop();
    show(true);
    expect(found).toBe(1);
  });

  it('in other tabs, whatever else is said on their channel', () => {
    watch();
    for (const data of [null, 'here', { type: 'who', from: 1 }]) channels[0]?.onmessage({ data });
    expect(found).toBe(0);
    channels[0]?.onmessage({ data: { type: 'here', from: 1 } });
    expect(found).toBe(1);
  });
});
