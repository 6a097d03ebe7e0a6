import { FRAME_MS, FRAME_SAMPLES_16K, OPUS_CLOCK_HZ, SPEECH_RATE_HZ } from '../../shared/audio.ts';
import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { RtpPacket } from '../media/rtp.ts';
import { sequenceDistance, timestampDistance } from '../media/rtp.ts';
import type { OpusDecoder } from './codec.ts';
import { MediaBudget } from './mediaBudget.ts';
import { parseOpusPacket } from './opusPacket.ts';
import type { AudioFrame } from './recutter.ts';
import { Recutter } from './recutter.ts';

export type { AudioFrame, FrameKind } from './recutter.ts';

export type ReceiverEvents = {
  frame: [frame: AudioFrame];
  /** More comes than anybody says: it is dropped, and the sender should be. */
  flood: [];
};

/** Counters since the beginning; packets, but `silenceMs` and `concealedMs`. */
export type ReceiverStats = {
  received: number;
  lost: number;
  /** Came after its place had been filled. */
  late: number;
  duplicated: number;
  /** Not Opus. */
  invalid: number;
  /** Too far ahead of real time. */
  excess: number;
  /** The stream began anew: other SSRC, or numbers that do not follow. */
  resets: number;
  concealedMs: number;
  silenceMs: number;
};

type Waiting = { packet: RtpPacket; ticks: number };

const TICKS_PER_MS = OPUS_CLOCK_HZ / 1000;
const TICKS_PER_SAMPLE = OPUS_CLOCK_HZ / SPEECH_RATE_HZ;
const FRAME_TICKS = FRAME_MS * TICKS_PER_MS;
/** After its due time, how long the next packet is waited for: with 20 ms packets that is 60 ms after the last one. */
const PATIENCE_MS = 40;
/** Longer than that, concealment only hums. */
const MAX_CONCEALED_TICKS = 100 * TICKS_PER_MS;
/** A timestamp may be ahead of our clock by that much; further ahead it is another stream's. */
const MAX_LEAD_MS = 1000;
/** Silence that was made for packets which came after all is taken out of later silence, up to here. */
const MAX_AHEAD_TICKS = 1000 * TICKS_PER_MS;
/** Packets that wait behind a hole: one second of them. */
const MAX_WAITING = 50;
/** Further off than that, a sequence number belongs to a stream that began anew (RFC 3550, appendix A.1). */
const MAX_JUMP = 500;
/** Dropped packets after which the sender is taken for hostile. */
const FLOOD = 500;

/**
 * The caller's RTP as an even stream of 20 ms frames at 16 kHz, as early as it can be: what comes in order is passed
 * on at once. A hole is waited for as long as a packet may be late, then mended from the next packet's FEC or by
 * concealment. Jumps of the timestamp are silence (DTX); when nothing comes, the clock makes silence, so that time
 * goes on for whoever waits for the end of a turn.
 */
export class AudioReceiver extends Emitter<ReceiverEvents> {
  readonly #decoder: OpusDecoder;
  readonly #clock: Clock;
  readonly #cutter = new Recutter((frame) => this.emit('frame', frame));
  readonly #budget: MediaBudget;
  readonly #waiting = new Map<number, Waiting>();
  readonly #stats: ReceiverStats = {
    received: 0,
    lost: 0,
    late: 0,
    duplicated: 0,
    invalid: 0,
    excess: 0,
    resets: 0,
    concealedMs: 0,
    silenceMs: 0,
  };
  #ssrc: number | null = null;
  #nextSequence = 0;
  /** Media time up to which frames were passed on. */
  #position = 0;
  /** Silence passed on beyond `#position`. */
  #aheadTicks = 0;
  /** Some of it was there before the pause that is going on. */
  #owesSilence = false;
  #packetMs: number = FRAME_MS;
  /** How long after `#reachedMs` the next packet is given up. */
  #waitMs = FRAME_MS + PATIENCE_MS;
  /** Wall time up to which frames were passed on. */
  #reachedMs: number;
  #strangeSequence: number | null = null;
  #timer: TimerHandle | null = null;
  #closed = false;

  /** Takes over the decoder. Silence flows from the beginning, until the first packet. */
  constructor({ decoder, clock }: { decoder: OpusDecoder; clock: Clock }) {
    super();
    this.#decoder = decoder;
    this.#clock = clock;
    this.#budget = new MediaBudget(clock);
    this.#reachedMs = clock.nowMs();
    this.#watch();
  }

  get stats(): Readonly<ReceiverStats> {
    return { ...this.#stats };
  }

  /** Takes one packet, in any order; bad ones are counted and dropped. */
  push(packet: RtpPacket): void {
    if (this.#closed) return;
    const opus = parseOpusPacket(packet.payload);
    if (!opus) {
      this.#stats.invalid += 1;
      return;
    }
    if (this.#budget.spent) {
      this.#stats.excess += 1;
      if (this.#stats.excess % FLOOD === 0) this.emit('flood');
      return;
    }
    this.#stats.received += 1;
    if (packet.ssrc !== this.#ssrc) this.#reset(packet);
    const ahead = sequenceDistance(this.#nextSequence, packet.sequence);
    if (Math.abs(ahead) > MAX_JUMP) {
      if (packet.sequence !== this.#strangeSequence) {
        this.#strangeSequence = (packet.sequence + 1) & 0xffff;
        return;
      }
      this.#reset(packet);
    } else if (ahead < 0) {
      this.#stats.late += 1;
      return;
    }
    this.#strangeSequence = null;
    if (this.#waiting.has(packet.sequence)) {
      this.#stats.duplicated += 1;
      return;
    }
    this.#waiting.set(packet.sequence, { packet, ticks: opus.ticks });
    this.#passInOrder();
    if (this.#waiting.size > MAX_WAITING) this.#mendHole();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    this.#waiting.clear();
    this.#decoder.close();
    this.removeAllListeners();
  }

  #reset(packet: RtpPacket): void {
    if (this.#ssrc !== null) this.#stats.resets += 1;
    this.#ssrc = packet.ssrc;
    this.#nextSequence = packet.sequence;
    this.#position = packet.timestamp;
    this.#aheadTicks = 0;
    this.#waiting.clear();
  }

  #passInOrder(): void {
    for (
      let next = this.#waiting.get(this.#nextSequence);
      next;
      next = this.#waiting.get(this.#nextSequence)
    ) {
      this.#fillGap(next.packet, 0);
      this.#pass(next);
    }
  }

  /** Gives up what is missing before the first packet that waits. */
  #mendHole(): void {
    const missing = Math.min(
      ...[...this.#waiting.keys()].map((sequence) => sequenceDistance(this.#nextSequence, sequence)),
    );
    const sequence = (this.#nextSequence + missing) & 0xffff;
    const next = this.#waiting.get(sequence);
    if (!next) return;
    this.#stats.lost += missing;
    this.#nextSequence = sequence;
    this.#fillGap(next.packet, missing);
    this.#pass(next);
    this.#passInOrder();
  }

  #pass({ packet, ticks }: Waiting): void {
    this.#waiting.delete(packet.sequence);
    this.#nextSequence = (packet.sequence + 1) & 0xffff;
    this.#position = (packet.timestamp + ticks) >>> 0;
    this.#packetMs = ticks / TICKS_PER_MS;
    this.#waitMs = this.#packetMs + PATIENCE_MS;
    this.#aheadTicks = Math.min(this.#aheadTicks, MAX_AHEAD_TICKS);
    this.#owesSilence = this.#aheadTicks > 0;
    this.#reachedMs = this.#clock.nowMs();
    const samples = this.#decode(packet.payload);
    if (samples) {
      this.#budget.spend(this.#packetMs);
      this.#cutter.push(samples, 'decoded');
    } else this.#conceal(ticks, null);
  }

  #decode(payload: Uint8Array): Float32Array | null {
    try {
      return this.#decoder.decode(payload);
    } catch {
      this.#stats.invalid += 1;
      return null;
    }
  }

  /** Frames between the position and the packet's timestamp: `missing` packets were lost there, the rest is DTX. */
  #fillGap(packet: RtpPacket, missing: number): void {
    const gapTicks = timestampDistance(this.#position, packet.timestamp);
    this.#position = packet.timestamp;
    if (gapTicks <= 0) return;
    const paidTicks = Math.min(this.#aheadTicks, gapTicks);
    this.#aheadTicks -= paidTicks;
    const ticks = gapTicks - paidTicks;
    if (ticks === 0) return;
    if (ticks / TICKS_PER_MS > this.#clock.nowMs() - this.#reachedMs + MAX_LEAD_MS) {
      this.#stats.resets += 1;
      this.#aheadTicks = 0;
      return;
    }
    const lostTicks = missing * this.#packetMs * TICKS_PER_MS;
    const concealedTicks = Math.min(ticks, lostTicks, MAX_CONCEALED_TICKS);
    // With DTX in the hole, the packet's FEC tells of a frame long ago.
    const fec = gapTicks <= lostTicks ? packet.payload : null;
    if (fec) this.#silence(ticks - concealedTicks);
    this.#conceal(concealedTicks, fec);
    if (!fec) this.#silence(ticks - concealedTicks);
  }

  /** Concealment; the last 20 ms of it from the next packet's FEC. */
  #conceal(ticks: number, next: Uint8Array | null): void {
    this.#stats.concealedMs += ticks / TICKS_PER_MS;
    this.#budget.spend(ticks / TICKS_PER_MS);
    for (let left = ticks; left > 0 && !this.#closed; left -= FRAME_TICKS) {
      const samples = left <= FRAME_TICKS && next ? this.#decoder.conceal(next) : this.#decoder.conceal();
      const wanted = Math.min(FRAME_SAMPLES_16K, Math.round(left / TICKS_PER_SAMPLE));
      this.#cutter.push(samples.subarray(0, wanted), 'concealed');
    }
  }

  #silence(ticks: number): void {
    this.#stats.silenceMs += ticks / TICKS_PER_MS;
    this.#budget.spend(ticks / TICKS_PER_MS);
    this.#cutter.silence(Math.round(ticks / TICKS_PER_SAMPLE));
  }

  get #deadlineMs(): number {
    return this.#reachedMs + this.#waitMs;
  }

  #watch(): void {
    if (this.#closed) return;
    this.#timer = this.#clock.after(Math.max(1, this.#deadlineMs - this.#clock.nowMs()), () =>
      this.#lookAgain(false),
    );
  }

  /** A timer that is late means a blocked event loop: packets wait in the socket and come first. */
  #lookAgain(patient: boolean): void {
    const lateMs = this.#clock.nowMs() - this.#deadlineMs;
    if (lateMs > FRAME_MS && !patient) {
      this.#timer = this.#clock.after(FRAME_MS / 2, () => this.#lookAgain(true));
      return;
    }
    if (lateMs >= 0) {
      if (this.#waiting.size > 0) this.#mendHole();
      else this.#keepTime();
    }
    this.#watch();
  }

  /**
   * Silence for the packets that are overdue. One frame is kept back, because a packet that is only just due would
   * else be counted twice, and one more while silence is owed that was made too early.
   */
  #keepTime(): void {
    const keptBack = this.#owesSilence ? 2 : 1;
    const due = Math.floor((this.#clock.nowMs() - this.#reachedMs) / FRAME_MS);
    const frames = Math.max(0, due - keptBack);
    this.#reachedMs += frames * FRAME_MS;
    this.#waitMs = (keptBack + 1) * FRAME_MS;
    this.#aheadTicks += frames * FRAME_TICKS;
    this.#silence(frames * FRAME_TICKS);
  }
}
