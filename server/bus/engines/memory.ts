import type { Clock } from '../../../shared/clock.ts';
import { Emitter } from '../../../shared/emitter.ts';
import type { Json } from '../../../shared/json.ts';
import type { Bus, BusState } from '../bus.ts';
import { Switchboard, unreachable } from '../switchboard.ts';

/** What joins buses of one process; a single server is alone on its own. */
export type MemoryHub = Map<string, Switchboard>;

export type MemoryBusOptions = {
  node: string;
  clock: Clock;
  hub?: MemoryHub;
  onTrouble?: (error: unknown, topic: string) => void;
};

/** The bus of a server without others, or of several in one process. */
export class MemoryBus extends Emitter<{ state: [BusState] }> implements Bus {
  readonly node: string;
  readonly #hub: MemoryHub;
  readonly #board: Switchboard;
  #closed = false;

  constructor({ node, clock, hub = new Map(), onTrouble = () => {} }: MemoryBusOptions) {
    super();
    this.node = node;
    this.#hub = hub;
    this.#board = new Switchboard({ node, clock, onTrouble, send: (to, text) => this.#send(to, text) });
    hub.set(node, this.#board);
  }

  publish(...given: Parameters<Bus['publish']>): void {
    if (!this.#closed) this.#board.publish(...given);
  }

  subscribe<Message>(...given: Parameters<typeof Switchboard.prototype.subscribe<Message>>): () => void {
    return this.#board.subscribe(...given);
  }

  async request(node: string, topic: string, message: Json, limitMs: number): Promise<Json> {
    if (this.#closed || !this.#hub.has(node)) throw unreachable('There is no such server.');
    return await this.#board.request(node, topic, message, limitMs);
  }

  answer<Message>(...given: Parameters<typeof Switchboard.prototype.answer<Message>>): () => void {
    return this.#board.answer(...given);
  }

  state(): BusState {
    return 'ok';
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#hub.delete(this.node);
    this.#board.giveUp();
    this.removeAllListeners();
  }

  #send(to: string | null, text: string): void {
    for (const [node, board] of [...this.#hub]) {
      if (to === null ? node === this.node : node !== to) continue;
      // As over a wire: the sender goes on before anybody hears.
      queueMicrotask(() => board.receive(text));
    }
  }
}
