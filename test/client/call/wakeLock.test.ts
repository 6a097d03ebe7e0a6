import { describe, expect, it } from 'vitest';
import { WakeLock } from '../../../client/call/wakeLock.ts';

class FakePage extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible';

  show(visible: boolean): void {
    this.visibilityState = visible ? 'visible' : 'hidden';
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

function lockOf(page: FakePage, refused = false) {
  const told: string[] = [];
  const locks = {
    async request() {
      told.push('asked');
      if (refused) throw new DOMException('no', 'NotAllowedError');
      return { release: async () => void told.push('released') };
    },
  };
  return { told, lock: new WakeLock(locks, page as unknown as Document) };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the screen', () => {
  it('stays on during the call and may go off after it', async () => {
    const { told, lock } = lockOf(new FakePage());
    lock.want(true);
    lock.want(true);
    await settled();
    expect(told).toEqual(['asked']);
    lock.want(false);
    await settled();
    expect(told).toEqual(['asked', 'released']);
  });

  it('is released in the background and kept on again when the page is shown', async () => {
    const page = new FakePage();
    const { told, lock } = lockOf(page);
    lock.want(true);
    page.show(false);
    await settled();
    expect(told).toEqual(['asked', 'released']);
    page.show(true);
    await settled();
    expect(told).toEqual(['asked', 'released', 'asked']);
    lock.want(false);
    page.show(false);
    page.show(true);
    await settled();
    expect(told.filter((what) => what === 'asked')).toHaveLength(2);
  });

  it('does not matter when it is refused, or there is no such thing', async () => {
    const { told, lock } = lockOf(new FakePage(), true);
    lock.want(true);
    lock.want(false);
    await settled();
    expect(told).toEqual(['asked']);
    const none = new WakeLock(undefined, new FakePage() as unknown as Document);
    none.want(true);
    none.want(false);
  });
});
