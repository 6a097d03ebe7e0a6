/**
 * Tells once when there is a call to know of: one of this tab's page before, or one of another tab. Of the launcher's
 * size: what is found is read elsewhere. The returned function stops it.
 */
export function watchForCall(key: string, onFound: () => void): () => void {
  let channel: BroadcastChannel | undefined;
  try {
    if (sessionStorage.getItem(key)) onFound();
    else {
      channel = new BroadcastChannel(key);
      channel.onmessage = ({ data }) => {
        if (data.type !== 'here' || data.from === performance.timeOrigin) return;
        channel?.close();
        onFound();
      };
      channel.postMessage({ type: 'who' });
    }
  } catch {
    // Nothing is kept here, and nothing is told.
  }
  return () => channel?.close();
}
