import type { MediaParameters, Transcript } from '../../shared/events.ts';
import type { CallHoldings } from './callHoldings.ts';
import type { CallAction } from './callReducer.ts';
import { startInTurn } from './turnInLine.ts';
import { giveUpSound } from './writing.ts';

export type BeginningParts = {
  holdings: CallHoldings;
  /** Null: there is none, or none is wanted. */
  microphone: MediaStreamTrack | null;
  /** Whether the visitor has not chosen to write. */
  wantsVoice: () => boolean;
  /** What the visitor wants may have changed; the returned function ends that. */
  onModel: (listener: () => void) => () => void;
  dispatch: (action: CallAction) => void;
  /** Both directions of the sound. */
  open: (media: MediaParameters, microphone: MediaStreamTrack) => Promise<void>;
  onLine: (line: Transcript) => void;
  /** There is no sound on the server. */
  onSoundless: () => void;
};

/** Has the server begin a call whose line is there: by voice, or in writing. */
export async function beginCall(parts: BeginningParts): Promise<void> {
  const { holdings, microphone, dispatch } = parts;
  const byVoice = (): boolean => microphone !== null && parts.wantsVoice();
  const started = await startInTurn(holdings.line, {
    byVoice,
    onWriting: (listener) => parts.onModel(() => byVoice() || listener()),
    onPlace: (place) => dispatch({ type: 'inLine', place }),
    signal: holdings.signal,
  });
  holdings.guard();
  dispatch({ type: 'started', callId: started.callId });
  // What was said already on a line that was lost.
  started.lines?.forEach(parts.onLine);
  holdings.begin();
  if (microphone && started.media && byVoice()) return await parts.open(started.media, microphone);
  microphone?.stop();
  delete holdings.microphone;
  // Who has chosen to write while the server made room for their voice is answered in writing.
  if (started.media) await giveUpSound(holdings);
  else parts.onSoundless();
}
