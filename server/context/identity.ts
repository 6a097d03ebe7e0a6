import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { SegueError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import { parseClaims } from './claims.ts';

export type IdentityKeys = { hs256Secret: string } | { jwksUrl: URL };

/** Registered claims that say something of the token, not of the customer. */
const TOKEN_CLAIMS = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sub', 'site']);

const ASYMMETRIC = ['RS256', 'PS256', 'ES256', 'EdDSA'];

export type Identity = { customerId: string; facts: JsonObject };

/** Checks identity tokens of one site: HS256 with the site's secret, or a JWKS URL. */
export class IdentityVerifier {
  readonly #key: Uint8Array | JWTVerifyGetKey;
  readonly #algorithms: string[];
  readonly #audience: string;
  readonly #siteKey: string;

  constructor(keys: IdentityKeys, audience: string, siteKey: string) {
    this.#audience = audience;
    this.#siteKey = siteKey;
    if ('hs256Secret' in keys) {
      this.#key = new TextEncoder().encode(keys.hs256Secret);
      this.#algorithms = ['HS256'];
    } else {
      this.#key = createRemoteJWKSet(keys.jwksUrl, { timeoutDuration: 3_000 });
      this.#algorithms = ASYMMETRIC;
    }
  }

  /**
   * Customer id (`sub`) and the token's other claims as facts under `customer.`.
   * Rejects with IDENTITY_EXPIRED or IDENTITY_INVALID; the reason of a refusal is not told to the page.
   */
  async verify(token: string): Promise<Identity> {
    const payload = await this.#payload(token);
    if (payload.site !== undefined && payload.site !== this.#siteKey) {
      throw new SegueError('IDENTITY_INVALID');
    }
    if (!payload.sub) throw new SegueError('IDENTITY_INVALID', 'It has no subject.');
    const own = Object.entries(payload).filter(([name]) => !TOKEN_CLAIMS.has(name));
    const facts = parseClaims(Object.fromEntries(own.map(([name, value]) => [`customer.${name}`, value])));
    return { customerId: payload.sub, facts: { ...facts, 'customer.id': payload.sub } };
  }

  async #payload(token: string): Promise<JWTPayload> {
    const options = {
      algorithms: this.#algorithms,
      audience: this.#audience,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: 5,
    };
    try {
      const verified =
        typeof this.#key === 'function'
          ? await jwtVerify(token, this.#key, options)
          : await jwtVerify(token, this.#key, options);
      return verified.payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new SegueError('IDENTITY_EXPIRED');
      throw new SegueError('IDENTITY_INVALID', undefined, { cause: error });
    }
  }
}
