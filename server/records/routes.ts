import type { JsonObject } from '../../shared/json.ts';
import { BadAnswer } from './badAnswer.ts';
import type { Connector, ConnectorRequest } from './connector.ts';

export type Route = {
  connector: Connector;
  /** Operations that it declares. */
  operations: Iterable<string>;
  /** First words of further operations that it answers: `orders` for `orders.find`, `*` for all others. */
  serves: readonly string[];
};

/** Several systems as one: each operation goes to the one that declares it, else to the one that serves its first word. */
export class Routes implements Connector {
  readonly name = 'routes';
  readonly #connectors: readonly Connector[];
  readonly #byOperation = new Map<string, Connector>();
  readonly #byWord = new Map<string, Connector>();

  constructor(routes: readonly Route[]) {
    this.#connectors = routes.map(({ connector }) => connector);
    for (const { connector, operations, serves } of routes) {
      for (const operation of operations) this.#byOperation.set(operation, connector);
      for (const word of serves) this.#byWord.set(word, connector);
    }
  }

  async call(request: ConnectorRequest): Promise<JsonObject> {
    const { operation } = request;
    const connector =
      this.#byOperation.get(operation) ??
      this.#byWord.get(operation.split('.')[0] ?? '') ??
      this.#byWord.get('*');
    if (!connector) throw new BadAnswer('no system has this operation');
    return connector.call(request);
  }

  async close(): Promise<void> {
    await Promise.all(this.#connectors.map((connector) => connector.close()));
  }
}
