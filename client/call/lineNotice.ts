import type { Clock, TimerHandle } from '../../shared/clock.ts';
import type { CallState } from '../../shared/events.ts';

/** A line that is gone for less is not worth a word. */
const SAID_AFTER_MS = 2_000;
/** Counted from the last notice; a line that comes and goes is not told each time. */
const PAUSE_MS = 10_000;
/** How long "we are back" stands in the captions. */
const BACK_SHOWN_MS = 4_000;

export type LineNoticeEvents = {
  /** To be seen: the line is gone, it is back, or nothing is to be said of it any more. */
  show: (what: 'lost' | 'back' | null) => void;
  /** To be heard. */
  sound: { play(): void; stop(): void };
};

/**
 * Says softly that the line is lost, by what the page has itself: while the line is gone nothing can come from the
 * server. The line that is back ends it at once.
 */
export class LineNotice {
  readonly #clock: Clock;
  readonly #events: LineNoticeEvents;
  #timer: TimerHandle | null = null;
  #shown: 'lost' | 'back' | null = null;
  #soundedMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, events: LineNoticeEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  stateChanged(state: CallState): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (state === 'reconnecting') {
      if (this.#shown === 'back') this.#show(null);
      this.#timer = this.#clock.after(SAID_AFTER_MS, () => this.#lost());
      return;
    }
    const wasLost = this.#shown === 'lost';
    if (wasLost) this.#events.sound.stop();
    const isBack = wasLost && state === 'live';
    this.#show(isBack ? 'back' : null);
    if (isBack) this.#timer = this.#clock.after(BACK_SHOWN_MS, () => this.#show(null));
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#events.sound.stop();
  }

  #lost(): void {
    this.#show('lost');
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#soundedMs < PAUSE_MS) return;
    this.#soundedMs = nowMs;
    this.#events.sound.play();
  }

  #show(what: 'lost' | 'back' | null): void {
    if (what === this.#shown) return;
    this.#shown = what;
    this.#events.show(what);
  }
}
