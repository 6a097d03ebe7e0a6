import type { Connector, ConnectorRequest } from '../../server/records/connector.ts';
import type { OperationRules } from '../../server/records/plan.ts';
import { SegueError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';

/** A system whose answers a test gives, one by one or all alike. */
export class ScriptedSystem implements Connector {
  readonly name: string;
  readonly requests: ConnectorRequest[] = [];
  #answer: (request: ConnectorRequest) => Promise<JsonObject>;

  constructor(
    name = 'scripted',
    answer: (request: ConnectorRequest) => Promise<JsonObject> = async () => ({}),
  ) {
    this.name = name;
    this.#answer = answer;
  }

  answers(answer: (request: ConnectorRequest) => Promise<JsonObject> | JsonObject): void {
    this.#answer = async (request) => answer(request);
  }

  /** Every request is out until something else is said. */
  isOut(): void {
    this.#answer = () => Promise.reject(new SegueError('CONNECTOR_FAILED', 'unreachable'));
  }

  refuses(reason: string): void {
    this.#answer = () => Promise.reject(new SegueError('CONNECTOR_REFUSED', reason));
  }

  /** Requests hang; the function given lets them be answered. */
  hangs(): (data: JsonObject) => void {
    const held = Promise.withResolvers<JsonObject>();
    this.#answer = () => held.promise;
    return held.resolve;
  }

  call(request: ConnectorRequest): Promise<JsonObject> {
    this.requests.push(request);
    return this.#answer(request);
  }

  async close(): Promise<void> {}
}

export function rulesOf(name: string, rules: Partial<OperationRules> = {}): OperationRules {
  return {
    name,
    kind: 'read',
    keep: null,
    asOf: new Map(),
    prewarm: null,
    defer: false,
    invalidates: [],
    ...rules,
  };
}
