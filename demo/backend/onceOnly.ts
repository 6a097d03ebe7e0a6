import { createHash } from 'node:crypto';
import type { JsonObject } from '../../shared/json.ts';
import { Refusal } from '../store/refusal.ts';

const KEPT = 5_000;

/** Remembers what was answered to an idempotency key, so that the same key never takes effect twice. */
export class OnceOnly {
  readonly #answers = new Map<string, { request: string; answer: JsonObject }>();

  /** `scope` names who asks for what; the same key with another request is refused. */
  run(scope: string, key: string, request: unknown, act: () => JsonObject): JsonObject {
    const id = `${scope}\n${key}`;
    const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('base64');
    const known = this.#answers.get(id);
    if (known && known.request !== fingerprint) throw new Refusal('idempotency_key_reused');
    if (known) return known.answer;
    const answer = act();
    this.#answers.set(id, { request: fingerprint, answer });
    if (this.#answers.size > KEPT) {
      const [oldest] = this.#answers.keys();
      if (oldest !== undefined) this.#answers.delete(oldest);
    }
    return answer;
  }

  clear(): void {
    this.#answers.clear();
  }
}
