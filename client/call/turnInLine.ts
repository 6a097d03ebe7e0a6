import type { CallAttached, CallStarted, QueuePlace } from '../../shared/events.ts';
import { CallError } from './callError.ts';
import type { Signalling } from './signalling.ts';

/** A call that the server is still beginning. */
const SOON_MS = 500;

export type TurnInLineParts = {
  /** Whether the call is still to be by voice; the caller may have chosen to write instead. */
  byVoice: () => boolean;
  /** Tells when they have; the returned function ends that. */
  onWriting: (listener: () => void) => () => void;
  onPlace: (place: QueuePlace) => void;
  signal: AbortSignal;
};

/** A call whose beginning was lost with the line is come to as one that runs. */
export type CallBegun = CallStarted & Partial<Pick<CallAttached, 'lines'>>;

/**
 * Starts the call. While no line is free it waits for its turn, which it does not lose with the messages; without sound on
 * the server it is in writing.
 */
export async function startInTurn(signalling: Signalling, parts: TurnInLineParts): Promise<CallBegun> {
  const { byVoice, onWriting, onPlace, signal } = parts;
  let hasWaited = false;
  let isLost = false;
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
        return await start(signalling, media, isLost);
      } catch (error) {
        const { code } = CallError.from(error);
        if (code === 'CAPACITY_REACHED' && media) hasWaited = true;
        else if (code === 'NETWORK_UNREACHABLE' && hasWaited) {
          isLost = true;
          if (signalling.connected) goOn();
        } else if (code === 'CALL_NOT_STARTED' && isLost) setTimeout(() => goOn(), SOON_MS);
        else throw error;
      }
      await turn;
      if (signal.aborted) throw CallError.of('CALL_CANCELLED');
    }
  } finally {
    off();
  }
}

/** `mayRun`: the server may have begun already, unheard. */
async function start(signalling: Signalling, media: boolean, mayRun: boolean): Promise<CallBegun> {
  try {
    return await signalling.request('call.start', { media, wait: media });
  } catch (error) {
    const { code } = CallError.from(error);
    if (code === 'MEDIA_UNAVAILABLE' && media)
      return await signalling.request('call.start', { media: false });
    if (code !== 'CALL_IN_PROGRESS' || !mayRun) throw error;
  }
  const attached = await signalling.request('call.attach', { media });
  // By voice, perhaps, before they chose to write.
  if (!media) await signalling.request('media.giveUp', {});
  return attached;
}
