/**
 * Tells when there is a call to know of: one of this tab's page before, or one of another tab; once, and once more
 * whenever the page is shown again that was kept. Of the launcher's size: what is found is read elsewhere. The returned
 * function stops it.
 */
export function watchForCall(key: string, onFound: () => void): () => void {
  let channel: BroadcastChannel | undefined;
  const look = () => {
    channel?.close();
    try {
      if (sessionStorage.getItem(key)) onFound();
      else {
        channel = new BroadcastChannel(key);
        channel.onmessage = ({ data }) => {
          if (data?.type !== 'here' || data.from === performance.timeOrigin) return;
          channel?.close();
          onFound();
        };
        channel.postMessage({ type: 'who' });
      }
    } catch {
      // Nothing is kept here, and nothing is told.
    }
  };
  const onShow = ({ persisted }: PageTransitionEvent) => persisted && look();
  look();
  addEventListener('pageshow', onShow);
  return () => {
    removeEventListener('pageshow', onShow);
    channel?.close();
  };
}
