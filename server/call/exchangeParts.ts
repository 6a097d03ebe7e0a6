import type { Clock } from '../../shared/clock.ts';
import type { SegueError } from '../../shared/errors.ts';
import type { EndReason, InputOffer, Speaker, Transcript } from '../../shared/events.ts';
import type { CallerTurn, Conversation } from '../dialog/policy.ts';
import type { TurnDetector } from '../turns/turnDetector.ts';
import type { Hearing } from './hearing.ts';
import type { Speaking } from './speaking.ts';
import type { Ready } from './stopgap.ts';
import type { Timeline } from './timeline.ts';

export type Line = Pick<Transcript, 'id' | 'speaker' | 'text' | 'final'> & {
  /** Of a turn of the caller's that the dialog answers. */
  heard?: { confidence: number; typed: boolean };
  /** The assistant was cut off: `text` is what was heard of it, or an ellipsis for nothing. */
  cut?: boolean;
};

export type ExchangeEvents = {
  line: [Line];
  speech: [{ who: Speaker; active: boolean }];
  offer: [InputOffer | null];
  /** A turn of the caller is answered; `understood`: the dialog knew what it was about. */
  answered: [turn: CallerTurn, understood: boolean];
  failed: [SegueError];
  /** Another has to say something now, or something else. */
  moved: [];
  /** The dialog has come to its end. */
  over: [EndReason];
};

/** The ears and the mouth of a spoken call. */
export type Senses = { turns: TurnDetector; hearing: Hearing; speaking: Speaking };

export type ExchangeParts = {
  conversation: Conversation;
  /** Null in a call in writing. */
  senses: Senses | null;
  language: string;
  timeline: Timeline;
  clock: Clock;
  /** Sentences that need no engine. */
  ready?: Ready | undefined;
};
