import { z } from 'zod';
import type { Clock } from '../../../shared/clock.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { RestAuth } from '../plan.ts';
import { readAnswer } from './httpAnswer.ts';

/** Tokens are renewed so long before they end, and kept so long when nothing is said about it. */
const EARLY_MS = 30_000;
const DEFAULT_LIFE_MS = 300_000;
const TIMEOUT_MS = 5_000;

const tokenAnswer = z.object({
  access_token: z
    .string()
    .min(1)
    .max(8_192)
    .regex(/^[\x21-\x7e]+$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().optional(),
});

/** What authorises requests: a fixed header, or a token of OAuth 2.0's client credentials grant (RFC 6749, 4.4). */
export class RestAuthorisation {
  readonly #auth: RestAuth;
  readonly #fetch: typeof fetch;
  readonly #clock: Clock;
  #token: { header: string; untilMs: number } | null = null;
  #asking: Promise<string> | null = null;

  constructor(auth: RestAuth, options: { fetch: typeof fetch; clock: Clock }) {
    this.#auth = auth;
    this.#fetch = options.fetch;
    this.#clock = options.clock;
  }

  /** Rejects with CONNECTOR_FAILED when there is no token to be had. */
  async headers(): Promise<Record<string, string>> {
    if (this.#auth.type === 'none') return {};
    if (this.#auth.type === 'header') return { [this.#auth.name]: this.#auth.value };
    if (this.#token && this.#clock.nowMs() < this.#token.untilMs)
      return { authorization: this.#token.header };
    this.#asking ??= this.#ask(this.#auth).finally(() => {
      this.#asking = null;
    });
    return { authorization: await this.#asking };
  }

  /** The system does not take the token any more. False when there is none to renew. */
  renew(): boolean {
    this.#token = null;
    return this.#auth.type === 'clientCredentials';
  }

  async #ask(auth: RestAuth & { type: 'clientCredentials' }): Promise<string> {
    const limit = new AbortController();
    const timer = this.#clock.after(TIMEOUT_MS, () => limit.abort());
    try {
      const response = await this.#fetch(auth.tokenUrl, {
        method: 'POST',
        headers: {
          // RFC 6749, 2.3.1: both are form-encoded before they are joined.
          authorization: `Basic ${Buffer.from(`${formEncode(auth.clientId)}:${formEncode(auth.clientSecret)}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
        },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          ...(auth.scope === null ? {} : { scope: auth.scope }),
          ...(auth.audience === null ? {} : { audience: auth.audience }),
        }).toString(),
        redirect: 'manual',
        signal: limit.signal,
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new SegueError('CONNECTOR_FAILED', `no token: status ${response.status}`);
      }
      const parsed = tokenAnswer.safeParse(await readAnswer(response, 32 * 1024));
      if (!parsed.success) throw new SegueError('CONNECTOR_FAILED', 'no token: the answer has none');
      const { access_token: token, expires_in: seconds } = parsed.data;
      const lifeMs = seconds === undefined ? DEFAULT_LIFE_MS : seconds * 1000;
      const header = `Bearer ${token}`;
      this.#token = { header, untilMs: this.#clock.nowMs() + Math.max(lifeMs / 2, lifeMs - EARLY_MS) };
      return header;
    } catch (error) {
      if (error instanceof SegueError) throw error;
      throw new SegueError('CONNECTOR_FAILED', 'no token: the connection failed', { cause: error });
    } finally {
      timer.cancel();
    }
  }
}

function formEncode(text: string): string {
  return new URLSearchParams({ t: text }).toString().slice(2);
}
