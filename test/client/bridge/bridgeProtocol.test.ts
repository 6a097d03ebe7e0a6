import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFromNative } from '../../../client/bridge/bridgeProtocol.ts';
import { isFromHost, nativeHost } from '../../../client/bridge/nativeHost.ts';

describe('a message of the native app', () => {
  it.each([
    [{ type: 'call' }, { type: 'call' }],
    [{ type: 'hangUp' }, { type: 'hangUp' }],
    [{ type: 'mute' }, { type: 'mute' }],
    [
      { type: 'mute', on: true },
      { type: 'mute', on: true },
    ],
    [
      { type: 'sendText', text: 'hello' },
      { type: 'sendText', text: 'hello' },
    ],
    [
      { type: 'updateContext', patch: { cart: 1 } },
      { type: 'updateContext', patch: { cart: 1 } },
    ],
    [
      { type: 'track', name: 'payment_failed' },
      { type: 'track', name: 'payment_failed', data: null },
    ],
    [
      { type: 'audioInterrupted', active: true },
      { type: 'audioInterrupted', active: true },
    ],
  ])('%o is understood, as an object and as text', (sent, message) => {
    const raw = { segue: 1, id: '7', ...sent };
    expect(parseFromNative(raw)).toEqual({ ok: true, message, id: '7' });
    expect(parseFromNative(JSON.stringify(raw))).toEqual({ ok: true, message, id: '7' });
  });

  it('takes what it needs and nothing else', () => {
    expect(parseFromNative({ segue: 1, type: 'call', to: 'somebody' })).toEqual({
      ok: true,
      message: { type: 'call' },
      id: undefined,
    });
  });

  it.each([
    { segue: 2, type: 'call' },
    { segue: 1, type: 'dial' },
    { segue: 1 },
    { segue: 1, type: 'mute', on: 'yes' },
    { segue: 1, type: 'sendText' },
    { segue: 1, type: 'updateContext', patch: [] },
    { segue: 1, type: 'track' },
    { segue: 1, type: 'audioInterrupted' },
  ])('%o is ours, but not understood', (raw) => {
    expect(parseFromNative({ id: 'a', ...raw })).toEqual({ ok: false, id: 'a' });
  });

  it.each(['hello', '{"source":"devtools"}', '{segue:1', '[1]', 42, null, undefined, [], { type: 'call' }])(
    '%o is somebody else’s',
    (raw) => expect(parseFromNative(raw)).toBeNull(),
  );

  it('never breaks, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        parseFromNative(raw);
        parseFromNative({ segue: 1, type: 'mute', on: raw });
      }),
    );
  });
});

describe('the way to the app', () => {
  it('is WKWebView’s with an object, Android’s and React Native’s with text, and none in a browser', () => {
    const sent: unknown[] = [];
    const host = { postMessage: (message: unknown) => void sent.push(message) };
    nativeHost({ webkit: { messageHandlers: { segue: host } } })?.({ a: 1 });
    nativeHost({ SegueNative: host })?.({ a: 2 });
    nativeHost({ ReactNativeWebView: host })?.({ a: 3 });
    expect(sent).toEqual([{ a: 1 }, '{"a":2}', '{"a":3}']);
    expect(nativeHost({})).toBeNull();
    expect(nativeHost({ webkit: { messageHandlers: {} } })).toBeNull();
  });
});

describe('who may speak to the page', () => {
  const own = { window: { name: 'own' }, origin: 'https://shop.example' };
  const from = (source: unknown, origin: string) => isFromHost({ source, origin } as MessageEvent, own);

  it('is the app, and the page itself', () => {
    expect(from(null, '')).toBe(true);
    expect(from(own.window, own.origin)).toBe(true);
  });

  it('is no frame, no opener and no other origin', () => {
    expect(from({ name: 'frame' }, own.origin)).toBe(false);
    expect(from({ name: 'frame' }, 'https://evil.example')).toBe(false);
    expect(from(own.window, 'https://evil.example')).toBe(false);
    expect(from(null, 'https://evil.example')).toBe(false);
  });
});
