import type { TimelineEntry } from '../../shared/timeline.ts';

/** What a call's timeline tells of turn-taking, in τ-voice's terms. */
export type TurnTakingEvents = {
  /** From the end of the caller's speech to the assistant's first sound. */
  response(latencyMs: number): void;
  /** From the caller's first sound over the assistant to its silence. */
  stop(latencyMs: number): void;
  turn(): void;
  /** The assistant began while the caller was speaking. */
  interruptedCaller(): void;
  /** A listener's sound over the assistant, who went on or gave way. */
  backchannel(ignored: boolean): void;
};

/** Follows one call, entry by entry, in the order in which they are made. */
export function followTurnTaking(tell: TurnTakingEvents): (entry: TimelineEntry) => void {
  let callerTalks = false;
  let speechEndMs: number | null = null;
  let gaveWay = false;
  return (entry) => {
    const { type, tMs } = entry;
    if (type === 'caller.speech.start') callerTalks = true;
    else if (type === 'caller.speech.end') {
      callerTalks = false;
      speechEndMs = tMs;
    } else if (type === 'assistant.audio.start') {
      if (callerTalks) tell.interruptedCaller();
      else if (speechEndMs !== null) tell.response(tMs - speechEndMs);
      speechEndMs = null;
    } else if (type === 'assistant.interrupted') {
      gaveWay = entry.reason !== 'answer' && entry.reason !== 'text';
      if (typeof entry.stopMs === 'number' && entry.reason !== 'text') tell.stop(entry.stopMs);
    } else if (type === 'assistant.resumed') {
      speechEndMs = null;
      if (entry.reason === 'backchannel') tell.backchannel(true);
    } else if (type === 'stt.final') {
      tell.turn();
      if (gaveWay && entry.backchannel === true) tell.backchannel(false);
      gaveWay = false;
    }
  };
}
