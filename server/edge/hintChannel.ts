import type { Clock } from '../../shared/clock.ts';
import type { SpeechHint } from '../../shared/events.ts';
import { clientMessages } from '../../shared/schemas.ts';
import { RateLimit } from './rateLimit.ts';

/** A person begins and stops speaking a few times in ten seconds. */
const HINTS = { burst: 20, perSecond: 5 } as const;
/** Refused messages after which nobody listens any more. */
const MOST_REFUSED = 200;

export type HintChannelEvents = {
  onHint: (hint: SpeechHint) => void;
  /** So much came that is too often, or no hint, that the channel is to be closed, and one that takes its place. */
  onAbuse: () => void;
};

/** Parses what comes on a device's data channel. Nobody is answered there: what is not a hint is dropped, and counted. */
export class HintChannel {
  readonly #limit: RateLimit;
  readonly #events: HintChannelEvents;
  #refused = 0;

  constructor(clock: Clock, events: HintChannelEvents) {
    this.#limit = new RateLimit(clock, HINTS.burst, HINTS.perSecond);
    this.#events = events;
  }

  take(message: Buffer): void {
    if (this.#refused >= MOST_REFUSED) {
      this.#events.onAbuse();
      return;
    }
    const hint = this.#limit.take() ? parse(message) : null;
    if (hint) {
      this.#events.onHint(hint);
      return;
    }
    this.#refused += 1;
    if (this.#refused === MOST_REFUSED) this.#events.onAbuse();
  }
}

function parse(message: Buffer): SpeechHint | null {
  try {
    return clientMessages['hint.speech'].safeParse(JSON.parse(message.toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}
