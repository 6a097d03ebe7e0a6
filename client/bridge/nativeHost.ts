/** What native apps put into the windows of their web views. */
export type NativeScope = {
  webkit?: { messageHandlers?: { segue?: { postMessage(message: unknown): void } } };
  SegueNative?: { postMessage(json: string): void };
  ReactNativeWebView?: { postMessage(json: string): void };
};

/** The way to the app around this page; null in an ordinary browser. */
export function nativeHost(scope: NativeScope): ((message: object) => void) | null {
  const { segue } = scope.webkit?.messageHandlers ?? {};
  // WKWebView takes objects; the others take text.
  if (segue) return (message) => segue.postMessage(message);
  const texts = scope.SegueNative ?? scope.ReactNativeWebView;
  return texts ? (message) => texts.postMessage(JSON.stringify(message)) : null;
}

/**
 * Whether a message comes from this very page or from the app around it. The app's has no window behind it; React
 * Native and Android give it no origin either. Frames and openers are other windows.
 */
export function isFromHost(event: MessageEvent, own: { window: unknown; origin: string }): boolean {
  if (event.source === null) return event.origin === '' || event.origin === own.origin;
  return event.source === own.window && event.origin === own.origin;
}
