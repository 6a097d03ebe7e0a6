/**
 * A hidden frame whose only use is that connections made in it know the machine's addresses of now. Chromium lists them
 * when a frame first asks, and tells of changes seconds later (network_change_notifier_linux.cc: 2 s): in a frame of
 * its own, a connection that is made right after the network has changed has nothing to wait for. They end with it.
 */
export class OwnFrame {
  readonly #frame = document.createElement('iframe');

  constructor() {
    this.#frame.hidden = true;
    this.#frame.style.display = 'none';
    // Not into the body: a site that navigates by itself replaces that.
    document.documentElement.append(this.#frame);
  }

  /** What `make` creates belongs to the frame, which goes when that fails. */
  within<Made>(make: () => Made): Made {
    const { RTCPeerConnection: ours } = globalThis;
    const theirs = (this.#frame.contentWindow as (Window & typeof globalThis) | null)?.RTCPeerConnection;
    globalThis.RTCPeerConnection = theirs ?? ours;
    try {
      return make();
    } catch (error) {
      this.close();
      throw error;
    } finally {
      globalThis.RTCPeerConnection = ours;
    }
  }

  close(): void {
    this.#frame.remove();
  }
}
