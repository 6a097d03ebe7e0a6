import { SegueError } from '../../../shared/errors.ts';
import type { Connector, ConnectorRequest } from '../../records/connector.ts';
import type { CallerTurn, Reply } from '../policy.ts';
import type { Mind } from './mind.ts';

/** A reply worked out on a copy of the mind: look-ups are made, actions are not. */
export class Preparation {
  /** Null when the turn needs an action, went wrong, or was given up. */
  readonly reply: Promise<Reply | null>;
  readonly mind: Mind;
  readonly #abort = new AbortController();
  readonly #announce: () => void;
  #acts = false;
  #slow = false;
  #wanted = false;

  /** `announce`: a look-up that takes long and is waited for. */
  constructor(mind: Mind, turn: CallerTurn, announce: () => void) {
    const { connector, signal } = mind.context;
    this.#announce = announce;
    this.mind = mind.copy({
      connector: this.#reading(connector),
      signal: AbortSignal.any([signal, this.#abort.signal]),
      onSlow: () => {
        this.#slow = true;
        if (this.#wanted) this.#announce();
      },
    });
    this.reply = this.#draft(turn);
  }

  /** The caller has finished: the reply is waited for from now on. */
  want(): void {
    this.#wanted = true;
    if (this.#slow && !this.#acts) this.#announce();
  }

  giveUp(): void {
    this.#abort.abort();
  }

  async #draft(turn: CallerTurn): Promise<Reply | null> {
    try {
      const draft = await this.mind.respond(turn);
      return this.#acts || this.#abort.signal.aborted ? null : this.mind.finish(draft);
    } catch {
      return null;
    }
  }

  /** Only actions carry an idempotency key. */
  #reading(connector: Connector): Connector {
    const reading =
      <Answer>(ask: (request: ConnectorRequest) => Promise<Answer>) =>
      (request: ConnectorRequest): Promise<Answer> => {
        if (request.idempotencyKey === undefined) return ask(request);
        this.#acts = true;
        return Promise.reject(
          new SegueError('CONNECTOR_FAILED', 'Nothing is done before the caller has finished.'),
        );
      };
    const { tell } = connector;
    return {
      name: connector.name,
      close: async () => {},
      call: reading((request) => connector.call(request)),
      ...(tell ? { tell: reading((request) => tell.call(connector, request)) } : {}),
    };
  }
}
