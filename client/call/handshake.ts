import { randomId } from '../session/randomId.ts';

/**
 * What each socket of one page's line says first. By the line's name the server knows a socket that comes back, even before it
 * has missed the one of before; by the attempt's number, that a later one has come already.
 */
export class Handshake {
  /** For the next socket. */
  token: string;
  readonly #line = randomId();
  #attempt = 0;

  constructor(token: string) {
    this.token = token;
  }

  /** As socket.io asks for it. */
  readonly give = (take: (auth: { token: string; line: string; attempt: number }) => void): void => {
    this.#attempt += 1;
    take({ token: this.token, line: this.#line, attempt: this.#attempt });
  };
}
