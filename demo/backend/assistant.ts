import { z } from 'zod';

const answer = z.object({ text: z.string(), contactId: z.string() });
const happening = z.object({
  kind: z.string(),
  atMs: z.number(),
  contactId: z.string().nullable(),
  channel: z.string(),
  data: z.record(z.string(), z.unknown()),
  personal: z.record(z.string(), z.unknown()),
});
const ledger = z.object({ events: z.array(happening) });

export type Happening = z.infer<typeof happening>;

export type Message = { thread: string; id: string; text: string; customerId: string | null };

const PATIENCE_MS = 8_000;

/** The shop's back end as a client of the Segue server: hands in what was written, and reads a customer's thread. */
export class Assistant {
  readonly #origin: string;
  readonly #keys: { channel: string; admin: string };

  constructor(origin: string, keys: { channel: string; admin: string }) {
    this.#origin = origin;
    this.#keys = keys;
  }

  /** What the assistant answers; rejects when it cannot be reached. */
  async ask({ customerId, ...message }: Message): Promise<string> {
    const body = { site: 'demo', ...message, ...(customerId === null ? {} : { customerId }) };
    const response = await fetch(`${this.#origin}/v1/channels/chat/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#keys.channel}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.ok) throw new Error(`The assistant: ${response.status}`);
    return answer.parse(await response.json()).text;
  }

  /** What the customer did and was told on every channel, newest first. */
  async thread(customerId: string): Promise<Happening[]> {
    const address = `${this.#origin}/v1/customers/${encodeURIComponent(customerId)}/ledger?site=demo&limit=200`;
    const response = await fetch(address, {
      headers: { authorization: `Bearer ${this.#keys.admin}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (response.status === 404) return [];
    if (!response.ok) throw new Error(`The ledger: ${response.status}`);
    return ledger.parse(await response.json()).events;
  }
}
