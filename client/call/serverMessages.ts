import type { EndReason, InputOffer, LanguageGuess, Speaker, Transcript } from '../../shared/events.ts';
import type { WireError } from '../../shared/result.ts';
import { CallError } from './callError.ts';
import type { CallHoldings } from './callHoldings.ts';
import type { Signalling } from './signalling.ts';

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
): void {
  const { connection } = holdings;
  signalling.on('transcript', events.transcript);
  signalling.on('speech', events.speech);
  signalling.on('language', events.language);
  signalling.on('input.offer', events.offer);
  signalling.on('error', events.error);
  signalling.on('call.state', ({ state, reason }) => {
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
  signalling.onLost(() => connection.set('socket', false));
  signalling.onRefused(events.failed);
}
