import type { Signalling } from '../../client/call/signalling.ts';

type Listener = (message?: unknown) => void;
export type Asked = { name: string; request: unknown };

/** The line of a session as a test wants it: what is asked on it, what it answers, when it is lost and back. */
export class FakeSignalling {
  readonly asked: Asked[] = [];
  readonly sent: string[] = [];
  readonly roundTripMs = 0;
  connected = true;
  closed = false;
  hurried = 0;
  answer: (asked: Asked) => unknown;
  #listeners: { name: string; listener: Listener }[] = [];

  constructor(answer: (asked: Asked) => unknown = () => null) {
    this.answer = answer;
  }

  get line(): Signalling {
    return this as unknown as Signalling;
  }

  /** Names of what was asked, in order. */
  get names(): string[] {
    return this.asked.map(({ name }) => name);
  }

  async request(name: string, request: unknown): Promise<unknown> {
    const asked = { name, request };
    this.asked.push(asked);
    return await this.answer(asked);
  }

  send(name: string): void {
    this.sent.push(name);
  }

  on(name: string, listener: Listener): void {
    this.#listeners.push({ name, listener });
  }

  onLost(listener: () => void): void {
    this.on('lost', listener);
  }

  onBack(listener: () => void): void {
    this.on('back', listener);
  }

  onRefused(listener: Listener): void {
    this.on('refused', listener);
  }

  useToken(): void {}

  wake(): void {}

  hurry(): void {
    this.hurried += 1;
  }

  quiet(): void {
    this.#listeners = [];
  }

  close(): void {
    this.closed = true;
    this.quiet();
  }

  /** As the server says it, or the network. */
  tell(name: string, message?: unknown): void {
    for (const one of [...this.#listeners]) if (one.name === name) one.listener(message);
  }

  lose(): void {
    this.connected = false;
    this.tell('lost');
  }

  comeBack(): void {
    this.connected = true;
    this.tell('back');
  }
}
