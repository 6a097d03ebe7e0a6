import type { Bus, BusState } from '../../server/bus/bus.ts';
import { Emitter } from '../../shared/emitter.ts';

/** A bus whose way to the others can be cut. */
export class FaultyBus extends Emitter<{ state: [BusState] }> implements Bus {
  readonly #bus: Bus;
  #state: BusState = 'ok';
  #muted = false;

  constructor(bus: Bus) {
    super();
    this.#bus = bus;
  }

  get node(): string {
    return this.#bus.node;
  }

  /** Nothing goes out, and nobody here knows. */
  mute(): void {
    this.#muted = true;
  }

  degrade(): void {
    this.#state = 'degraded';
    this.emit('state', 'degraded');
  }

  recover(): void {
    this.#state = 'ok';
    this.emit('state', 'ok');
  }

  publish(...given: Parameters<Bus['publish']>): void {
    if (!this.#muted && this.#state === 'ok') this.#bus.publish(...given);
  }

  subscribe: Bus['subscribe'] = (topic, schema, listener) =>
    this.#bus.subscribe(topic, schema, (message, from) => {
      if (this.#state === 'ok') listener(message, from);
    });

  request(...given: Parameters<Bus['request']>): ReturnType<Bus['request']> {
    return this.#bus.request(...given);
  }

  answer: Bus['answer'] = (...given) => this.#bus.answer(...given);

  state(): BusState {
    return this.#state;
  }

  close(): Promise<void> {
    return this.#bus.close();
  }
}
