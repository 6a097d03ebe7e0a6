import type { CallerTurn, Conversation, Prepared, Reply } from '../dialog/policy.ts';
import type { Timeline } from './timeline.ts';

export type EarlyWorkParts = {
  conversation: Pick<Conversation, 'prepare'>;
  /** Makes the voice of what is probably said next. */
  voice: (reply: Reply) => void;
  timeline: Timeline;
};

type Running = { key: string; prepared: Prepared };

/** The reply to what may be the whole turn, worked out while it is still awaited whether the caller goes on. */
export class EarlyWork {
  readonly #conversation: EarlyWorkParts['conversation'];
  readonly #voice: EarlyWorkParts['voice'];
  readonly #timeline: Timeline;
  #running: Running | null = null;

  constructor(parts: EarlyWorkParts) {
    this.#conversation = parts.conversation;
    this.#voice = parts.voice;
    this.#timeline = parts.timeline;
  }

  /** The caller may have finished with this; what was prepared before is discarded. */
  begin(turn: CallerTurn): void {
    const key = keyOf(turn);
    if (this.#running?.key === key) return;
    this.discard();
    const prepared = this.#conversation.prepare?.(turn);
    if (!prepared) return;
    const running = { key, prepared };
    this.#running = running;
    prepared.reply.then(
      (reply) => {
        if (this.#running === running && reply) this.#voice(reply);
      },
      // Whoever takes it is told.
      () => {},
    );
  }

  /** The caller has finished: the prepared reply takes effect, or null when there is none to this very turn. */
  async take(turn: CallerTurn): Promise<Reply | null> {
    const running = this.#running;
    if (running?.key !== keyOf(turn)) {
      this.discard();
      return null;
    }
    this.#running = null;
    const reply = await running.prepared.commit();
    this.#timeline.record('policy.prepared', { used: reply !== null });
    return reply;
  }

  /** The caller went on, or something else happened. */
  discard(): void {
    const running = this.#running;
    if (!running) return;
    this.#running = null;
    running.prepared.discard();
    this.#timeline.record('policy.prepared', { used: false });
  }
}

function keyOf({ text, alternatives, confidence, channel }: CallerTurn): string {
  return JSON.stringify([text, alternatives, confidence, channel]);
}
