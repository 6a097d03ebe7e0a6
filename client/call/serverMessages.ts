import { systemClock, type TimerHandle } from '../../shared/clock.ts';
import type { EndReason, InputOffer, LanguageGuess, Speaker, Transcript } from '../../shared/events.ts';
import type { WireError } from '../../shared/result.ts';
import { CallError } from './callError.ts';
import type { CallHoldings } from './callHoldings.ts';
import type { Signalling } from './signalling.ts';

/** A server that has the call says so at once to a socket that has come back. */
const SAYS_SO_WITHIN_MS = 2_000;

export type ServerMessageEvents = {
  transcript: (line: Transcript) => void;
  speech: (speech: { who: Speaker; active: boolean }) => void;
  language: (guess: LanguageGuess) => void;
  offer: (offer: InputOffer | null) => void;
  error: (error: WireError) => void;
  ended: (reason: EndReason) => void;
  failed: (error: CallError) => void;
  /** Another page or tab goes on with the call. */
  taken: () => void;
  ticket: () => void;
};

/** Listens to what the server says during one call; what concerns the line goes to what the call holds. */
export function hearServer(
  signalling: Signalling,
  holdings: CallHoldings,
  events: ServerMessageEvents,
  clock = systemClock,
): void {
  const { connection, signal } = holdings;
  let asking: TimerHandle | null = null;
  const askSoon = () => {
    asking?.cancel();
    asking = clock.after(SAYS_SO_WITHIN_MS, () => void ask().catch(answeredBadly));
  };
  const ask = async () => {
    const { lines } = await signalling.request('call.attach', { media: false });
    if (signal.aborted) return;
    for (const line of lines) events.transcript(line);
    connection.set('socket', true);
  };
  const answeredBadly = (thrown: unknown) => {
    const error = CallError.from(thrown);
    if (signal.aborted) return;
    if (error.isOver) return events.failed(error);
    askSoon();
    if (error.isAstray) signalling.wake();
  };
  signal.addEventListener('abort', () => asking?.cancel());
  signalling.on('transcript', events.transcript);
  signalling.on('speech', events.speech);
  signalling.on('language', events.language);
  signalling.on('input.offer', events.offer);
  signalling.on('error', events.error);
  signalling.on('call.state', ({ state, reason }) => {
    asking?.cancel();
    if (state === 'ended') events.ended(reason ?? 'assistant');
    else if (state === 'failed') events.failed(CallError.of('INTERNAL'));
    else if (state === 'reconnecting') {
      connection.set('server', false);
      holdings.voice?.line.heard(false);
    } else if (state === 'live') {
      // Also said to a socket that has come back, if the server has kept the call.
      connection.set('server', true);
      holdings.voice?.line.heard(true);
      connection.set('socket', true);
    }
  });
  signalling.on('media.lost', () => holdings.voice?.line.lost());
  signalling.on('call.taken', events.taken);
  signalling.on('session.token', (renewed) => {
    if (holdings.ticket) holdings.ticket = { ...holdings.ticket, ...renewed };
    signalling.useToken(renewed.token);
    events.ticket();
  });
  signalling.onLost(() => {
    asking?.cancel();
    connection.set('socket', false);
  });
  signalling.onBack(() => {
    // Who still waits in line has no call to be told of.
    if (!holdings.hasBegun) connection.set('socket', true);
    // A server that could not take the call up looks for it when it is asked; a voice asks for its sound.
    else if (!holdings.voice) askSoon();
  });
  signalling.onRefused(events.failed);
}
