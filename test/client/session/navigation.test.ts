import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchNavigation } from '../../../client/session/navigation.ts';

describe('noticing navigation inside the page', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const start = () => {
    const state = { href: '/a', views: 0 };
    const window = new EventTarget();
    const navigation = new EventTarget();
    const stop = watchNavigation({ window, navigation, href: () => state.href }, () => {
      state.views += 1;
    });
    return { state, window, navigation, stop };
  };

  it('tells one view per address, after the router has done its work', () => {
    const { state, window, navigation } = start();
    state.href = '/b';
    navigation.dispatchEvent(new Event('currententrychange'));
    window.dispatchEvent(new Event('popstate'));
    expect(state.views).toBe(0);
    vi.runAllTimers();
    expect(state.views).toBe(1);
  });

  it('tells nothing when the address is the same, or after it has been stopped', () => {
    const { state, window, navigation, stop } = start();
    window.dispatchEvent(new Event('popstate'));
    vi.runAllTimers();
    stop();
    state.href = '/c';
    navigation.dispatchEvent(new Event('navigatesuccess'));
    vi.runAllTimers();
    expect(state.views).toBe(0);
  });
});
