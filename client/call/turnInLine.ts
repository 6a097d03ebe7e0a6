import type { CallStarted, QueuePlace } from '../../shared/events.ts';
import { CallError } from './callError.ts';
import type { Signalling } from './signalling.ts';

export type TurnInLineParts = {
  /** Whether the call is still to be by voice; the caller may have chosen to write instead. */
  byVoice: () => boolean;
  /** Tells when they have; the returned function ends that. */
  onWriting: (listener: () => void) => () => void;
  onPlace: (place: QueuePlace) => void;
  signal: AbortSignal;
};

/** Starts the call. While no line is free it waits for its turn; without sound on the server it is in writing. */
export async function startInTurn(signalling: Signalling, parts: TurnInLineParts): Promise<CallStarted> {
  const { byVoice, onWriting, onPlace, signal } = parts;
  let goOn = (): void => {};
  signalling.on('queue', (place) => {
    if (place.position === 0) goOn();
    else onPlace(place);
  });
  // A place is lost with its socket: ask for another.
  signalling.onBack(() => goOn());
  const off = onWriting(() => goOn());
  signal.addEventListener('abort', () => goOn());
  try {
    for (;;) {
      const turn = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const media = byVoice();
      try {
        return await signalling.request('call.start', { media, wait: media });
      } catch (error) {
        const { code } = CallError.from(error);
        if (!media) throw error;
        if (code === 'MEDIA_UNAVAILABLE') return await signalling.request('call.start', { media: false });
        if (code !== 'CAPACITY_REACHED') throw error;
      }
      await turn;
      if (signal.aborted) throw CallError.of('CALL_CANCELLED');
    }
  } finally {
    off();
  }
}
