import { FRAME_MS, OPUS_CLOCK_HZ } from '../../shared/audio.ts';

/** What a browser's jitter buffer holds on a good line; gaps that it would cover are not audible. */
const BUFFER_MS = 60;
/** A pause of the sender longer than this begins a new stretch of audio. */
const LONGEST_LOSS_MS = 200;

export type Placement = {
  /** When the packet's first sample is heard by an ear that plays at once. */
  playMs: number;
  /** Silence that a listener behind a jitter buffer hears before it, for the packet came too late. */
  gapMs: number;
};

/**
 * When each packet of a stream is heard. Packets that come early (a sender with a lead) wait for those before them;
 * late ones leave a gap. Duplicates and packets older than what was played are refused.
 */
export class Playout {
  #last: { sequence: number; timestamp: number } | null = null;
  #playedUntilMs = Number.NEGATIVE_INFINITY;
  #bufferedUntilMs = Number.NEGATIVE_INFINITY;
  #lostPackets = 0;

  get lostPackets(): number {
    return this.#lostPackets;
  }

  /** `fresh`: nothing is being heard, so that what waits may be skipped. Null: not to be played. */
  place(
    packet: { sequence: number; timestamp: number },
    arrivedMs: number,
    { fresh }: { fresh: boolean },
  ): Placement | null {
    const steps = this.#last ? signed(packet.sequence - this.#last.sequence, 16) : 1;
    if (steps <= 0) return null;
    const elapsedMs = this.#last
      ? (signed(packet.timestamp - this.#last.timestamp, 32) / OPUS_CLOCK_HZ) * 1000
      : Number.POSITIVE_INFINITY;
    this.#lostPackets += steps - 1;
    this.#last = packet;
    const continues = elapsedMs <= LONGEST_LOSS_MS && !fresh;
    const skippedMs = continues ? Math.max(0, elapsedMs - FRAME_MS) : 0;
    const playMs = fresh ? arrivedMs : Math.max(arrivedMs, this.#playedUntilMs + skippedMs);
    this.#playedUntilMs = playMs + FRAME_MS;
    return { playMs, gapMs: continues ? this.#gap(arrivedMs, skippedMs) : this.#refill(arrivedMs) };
  }

  #gap(arrivedMs: number, skippedMs: number): number {
    const gapMs = arrivedMs - (this.#bufferedUntilMs + skippedMs);
    if (gapMs > 0) {
      this.#refill(arrivedMs);
      return gapMs;
    }
    this.#bufferedUntilMs += skippedMs + FRAME_MS;
    return 0;
  }

  #refill(arrivedMs: number): 0 {
    this.#bufferedUntilMs = arrivedMs + BUFFER_MS + FRAME_MS;
    return 0;
  }
}

/** A difference of wrapping counters of `bits` bits, as the shortest way round. */
function signed(difference: number, bits: number): number {
  const span = 2 ** bits;
  const wrapped = ((difference % span) + span) % span;
  return wrapped >= span / 2 ? wrapped - span : wrapped;
}
