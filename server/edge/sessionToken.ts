import { errors, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';

/** Long enough to open a call and to come back to it after a break, short enough to be worthless when leaked. */
export const SESSION_TOKEN_TTL_MS = 15 * 60_000;

const AUDIENCE = 'segue-session';

/** Short-lived bearer tokens that bind a socket to a session. */
export class SessionTokens {
  readonly #secret: Uint8Array;
  readonly #clock: Clock;

  constructor(secret: Uint8Array, clock: Clock) {
    this.#secret = secret;
    this.#clock = clock;
  }

  async issue(sessionId: string): Promise<{ token: string; expiresAt: number }> {
    const expiresAt = this.#clock.epochMs() + SESSION_TOKEN_TTL_MS;
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(sessionId)
      .setAudience(AUDIENCE)
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(this.#secret);
    return { token, expiresAt };
  }

  /** The session's id. Rejects with SESSION_TOKEN_EXPIRED or SESSION_TOKEN_INVALID. */
  async verify(token: unknown): Promise<string> {
    if (typeof token !== 'string') throw new SegueError('SESSION_TOKEN_INVALID');
    try {
      const { payload } = await jwtVerify(token, this.#secret, {
        algorithms: ['HS256'],
        audience: AUDIENCE,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(this.#clock.epochMs()),
      });
      return payload.sub as string;
    } catch (error) {
      throw new SegueError(
        error instanceof errors.JWTExpired ? 'SESSION_TOKEN_EXPIRED' : 'SESSION_TOKEN_INVALID',
        undefined,
        { cause: error },
      );
    }
  }
}
