import { beforeEach, describe, expect, it } from 'vitest';
import { browserIds, type Store } from '../../../client/session/browserIds.ts';

const token = (sub: string) => `e30.${btoa(JSON.stringify({ sub }))}.x`;

let kept: Map<string, string>;
let store: Store;
beforeEach(() => {
  kept = new Map();
  store = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
});

describe('the ids of a browser', () => {
  it('are random, and the same next time', () => {
    const first = browserIds(store, undefined);
    expect(first.visitor).toMatch(/^[0-9a-f]{32}$/);
    expect(first.device).toMatch(/^[0-9a-f]{32}$/);
    expect(first.visitor).not.toBe(first.device);
    expect(browserIds(store, undefined)).toEqual(first);
  });

  it('stay when the visitor signs in, and with every new token', () => {
    const first = browserIds(store, undefined);
    expect(browserIds(store, token('jane'))).toEqual(first);
    expect(browserIds(store, token('jane'))).toEqual(first);
  });

  it('begin anew for the visitor when somebody has signed out, or is somebody else', () => {
    const jane = browserIds(store, token('jane'));
    const stranger = browserIds(store, undefined);
    expect(stranger.visitor).not.toBe(jane.visitor);
    expect(stranger.device).toBe(jane.device);
    browserIds(store, token('jane'));
    const john = browserIds(store, token('john'));
    expect(john.visitor).not.toBe(browserIds(store, token('jane')).visitor);
  });

  it('keep nobody’s name', () => {
    browserIds(store, token('jane@example.com'));
    expect(JSON.stringify([...kept])).not.toMatch(/jane/);
  });

  it('are replaced when damaged, and left out where nothing can be kept', () => {
    kept.set('segue.visitor', '<script>');
    expect(browserIds(store, undefined).visitor).toMatch(/^[0-9a-f]{32}$/);
    expect(browserIds(null, undefined)).toEqual({});
    const full: Store = {
      ...store,
      setItem: () => {
        throw new Error('full');
      },
    };
    expect(browserIds(full, undefined)).toEqual({});
    expect(browserIds(store, 'no token at all')).toEqual({});
  });
});
