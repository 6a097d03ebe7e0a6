import type { ServerProcess } from './serverProcess.ts';
import type { FaultStage } from './stage.ts';

/** Two servers of which one has the call, and loses it to the other. */
export class ServerPair {
  #holder: ServerProcess;
  #other: ServerProcess;
  #ended: Promise<void> = Promise.resolve();

  constructor({ servers: [first, second] }: FaultStage) {
    if (!first || !second) throw new Error('a pair is two servers');
    this.#holder = first;
    this.#other = second;
  }

  /** Ends the one that has the call. */
  end(signal: NodeJS.Signals): Promise<void> {
    const ending = this.#holder.end(signal);
    [this.#holder, this.#other] = [this.#other, this.#holder];
    this.#ended = ending;
    return ending;
  }

  async startAgain(): Promise<void> {
    await this.#ended;
    await this.#other.start();
  }
}
