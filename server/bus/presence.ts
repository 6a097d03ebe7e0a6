import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { Bus } from './bus.ts';

const BEAT_TOPIC = 'presence.beat';
const LEFT_TOPIC = 'presence.left';
const BEAT_MS = 300;
/** Five beats that are missed. One that only stalls loses the calls whose devices have gone elsewhere, and no other. */
export const GONE_AFTER_MS = 1_500;
const REMEMBERED = 1_000;
/** The list of calls is told when it has changed, and with each tenth beat for whoever has come since. */
const BEATS_A_LIST = 10;
/** A server that has more tells of the others when these have ended. */
const MOST_CALLS = 10_000;

/** A call and where it belongs. */
export type Resident = { callId: string; sessionId: string };

/** What a server tells of itself. */
export type NodeReport = { calls: readonly Resident[] };

/** `unknown`: the bus is degraded, or was until a moment ago; nobody can tell then. */
export type Liveness = 'alive' | 'gone' | 'unknown';

const NOTHING_YET: NodeReport = { calls: [] };

/** Without a list it is as it was. */
const beatSchema = z.object({
  calls: z
    .array(z.object({ callId: z.string().max(64), sessionId: z.string().max(64) }))
    .max(MOST_CALLS)
    .optional(),
});

type Known = NodeReport & { seenMs: number };

/** Which servers of the cluster live, and which calls they have. A hint for speed; who owns a call decides the store. */
export class Presence extends Emitter<{ gone: [node: string] }> {
  readonly #bus: Bus;
  readonly #clock: Clock;
  #describe: () => NodeReport = () => NOTHING_YET;
  readonly #others = new Map<string, Known>();
  readonly #left = new LRUCache<string, true>({ max: REMEMBERED });
  readonly #timer: TimerHandle;
  readonly #off: (() => void)[];
  #okSinceMs: number | null;
  #told = '';
  #beatsSinceList = 0;
  #soon: TimerHandle | null = null;

  constructor(parts: { bus: Bus; clock: Clock }) {
    super();
    this.#bus = parts.bus;
    this.#clock = parts.clock;
    this.#okSinceMs = parts.bus.state() === 'ok' ? parts.clock.nowMs() : null;
    this.#off = [
      parts.bus.subscribe(BEAT_TOPIC, beatSchema, ({ calls }, node) => this.#hear(node, calls)),
      parts.bus.subscribe(LEFT_TOPIC, z.null(), (_, node) => this.#drop(node, true)),
      parts.bus.on('state', (state) => {
        this.#okSinceMs = state === 'ok' ? this.#clock.nowMs() : null;
        this.#beat();
      }),
    ];
    this.#timer = parts.clock.every(BEAT_MS, () => this.#tick());
    this.#beat();
  }

  /** The other servers that live, as far as is known. */
  others(): { node: string; report: NodeReport }[] {
    return [...this.#others].map(([node, known]) => ({ node, report: known }));
  }

  liveness(node: string): Liveness {
    if (node === this.#bus.node) return 'alive';
    if (this.#left.has(node)) return 'gone';
    if (this.#okSinceMs === null) return 'unknown';
    const nowMs = this.#clock.nowMs();
    const seenMs = this.#others.get(node)?.seenMs ?? Number.NEGATIVE_INFINITY;
    if (nowMs - seenMs < GONE_AFTER_MS) return 'alive';
    return nowMs - this.#okSinceMs < GONE_AFTER_MS ? 'unknown' : 'gone';
  }

  /** The other server that has a session's call; null when none is known to. */
  whereIs(sessionId: string): { node: string; callId: string } | null {
    for (const [node, { calls }] of this.#others) {
      const call = calls.find((one) => one.sessionId === sessionId);
      if (call) return { node, callId: call.callId };
    }
    return null;
  }

  /** What the others are told of this server from now on. */
  report(describe: () => NodeReport): void {
    this.#describe = describe;
    this.changed();
  }

  /** Something that the others should know at once. */
  changed(): void {
    this.#soon ??= this.#clock.after(0, () => {
      this.#soon = null;
      this.#beat();
    });
  }

  /** Says good-bye: the others need not wait for a beat that does not come. */
  close(): void {
    this.#timer.cancel();
    this.#soon?.cancel();
    for (const off of this.#off) off();
    if (this.#bus.state() === 'ok') this.#bus.publish(LEFT_TOPIC, null);
    this.removeAllListeners();
  }

  #tick(): void {
    this.#beat();
    for (const node of this.#others.keys()) if (this.liveness(node) === 'gone') this.#drop(node, false);
  }

  /** Beats are not kept for later. */
  #beat(): void {
    if (this.#bus.state() !== 'ok') return;
    const calls = this.#describe().calls.slice(0, MOST_CALLS);
    const ids = calls.map(({ callId }) => callId).join(' ');
    this.#beatsSinceList += 1;
    if (ids === this.#told && this.#beatsSinceList < BEATS_A_LIST) {
      this.#bus.publish(BEAT_TOPIC, {});
      return;
    }
    this.#told = ids;
    this.#beatsSinceList = 0;
    this.#bus.publish(BEAT_TOPIC, { calls: calls.map((call) => ({ ...call })) });
  }

  #hear(node: string, calls = this.#others.get(node)?.calls ?? []): void {
    this.#others.set(node, { calls, seenMs: this.#clock.nowMs() });
  }

  #drop(node: string, left: boolean): void {
    if (left) this.#left.set(node, true);
    if (this.#others.delete(node)) this.emit('gone', node);
  }
}
