import type { CallState } from '../../shared/events.ts';
import type { Json, JsonObject } from '../../shared/json.ts';
import type { WireError } from '../../shared/result.ts';
import type { PublicEvents } from '../contract.ts';
import {
  BRIDGE_VERSION,
  FAILED,
  type FromNative,
  NOT_UNDERSTOOD,
  parseFromNative,
  type ToNative,
} from './bridgeProtocol.ts';
import { isFromHost, type NativeScope, nativeHost } from './nativeHost.ts';

/** The element as the bridge uses it: as any page does, and one thing more. */
export type BridgedElement = EventTarget & {
  readonly state: CallState;
  readonly callId: string | null;
  call(): Promise<void>;
  hangUp(): Promise<void>;
  mute(on?: boolean): Promise<void>;
  sendText(text: string): Promise<void>;
  updateContext(patch: JsonObject): Promise<void>;
  track(name: string, data?: Json): void;
};

/** React Native has sent to the document on Android and to the window on iOS. */
const LISTENED = [window, document] as const;

/**
 * Joins the element with the native app whose web view shows the page, both ways. Does nothing in an ordinary browser.
 * The returned function takes it away.
 */
export function openBridge(element: BridgedElement, onInterrupted: (active: boolean) => void): () => void {
  const post = nativeHost(window as NativeScope);
  if (!post) return () => {};
  const tell = (message: ToNative) => {
    try {
      post({ segue: BRIDGE_VERSION, ...message });
    } catch {
      // The app has gone, or takes no such message: the call does not depend on it.
    }
  };
  const relay = <Name extends keyof PublicEvents>(
    name: Name,
    say: (detail: PublicEvents[Name]) => ToNative,
  ) => {
    const listener = (event: Event) => tell(say((event as CustomEvent<PublicEvents[Name]>).detail));
    element.addEventListener(name, listener);
    return () => element.removeEventListener(name, listener);
  };
  const off = [
    relay('segue-state', (detail) => ({ type: 'state', ...detail, callId: element.callId })),
    relay('segue-transcript', (detail) => ({ type: 'transcript', ...detail })),
    relay('segue-speech', (detail) => ({ type: 'speech', ...detail })),
    relay('segue-language', (detail) => ({ type: 'language', ...detail })),
    relay('segue-error', (detail) => ({ type: 'error', ...detail })),
  ];

  const act = async (message: FromNative): Promise<void> => {
    switch (message.type) {
      case 'call':
        return element.call();
      case 'hangUp':
        return element.hangUp();
      case 'mute':
        return element.mute(message.on);
      case 'sendText':
        return element.sendText(message.text);
      case 'updateContext':
        return element.updateContext(message.patch);
      case 'track':
        return element.track(message.name, message.data);
      case 'audioInterrupted':
        return onInterrupted(message.active);
    }
  };
  const hear = (event: Event) => {
    if (!(event instanceof MessageEvent)) return;
    if (!isFromHost(event, { window, origin: location.origin })) return;
    const received = parseFromNative(event.data);
    if (!received) return;
    const { id } = received;
    const answer = (error: WireError | null) => {
      if (id !== undefined) tell({ type: 'answer', id, error });
    };
    if (!received.ok) return answer(NOT_UNDERSTOOD);
    act(received.message).then(
      () => answer(null),
      (thrown: unknown) => answer(errorOf(thrown)),
    );
  };
  for (const target of LISTENED) target.addEventListener('message', hear);
  tell({ type: 'ready', state: element.state, callId: element.callId });
  return () => {
    for (const target of LISTENED) target.removeEventListener('message', hear);
    for (const stop of off) stop();
  };
}

/** Promises of the element reject with errors of the catalogue. */
function errorOf(thrown: unknown): WireError {
  const { code, message, retryable } = thrown as Partial<WireError>;
  if (typeof code !== 'string' || typeof message !== 'string') return FAILED;
  return { code, message, retryable: retryable === true };
}
