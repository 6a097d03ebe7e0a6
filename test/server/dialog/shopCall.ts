import { fileURLToPath } from 'node:url';
import { createPlaybookPolicy } from '../../../server/dialog/playbookPolicy.ts';
import { loadPlaybooks } from '../../../server/dialog/playbooks/loader.ts';
import type { Library } from '../../../server/dialog/playbooks/playbook.ts';
import type {
  Break,
  CallerTurn,
  Conversation,
  Policy,
  Reply,
  Sentence,
} from '../../../server/dialog/policy.ts';
import type { Thread } from '../../../server/dialog/thread.ts';
import { trainNlpjs } from '../../../server/dialog/understanding/engines/nlpjs.ts';
import { readSlot, warmUpSlots } from '../../../server/dialog/understanding/readSlot.ts';
import type { FactSource, PageEvent } from '../../../shared/facts.ts';
import type { Json, JsonObject } from '../../../shared/json.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { ShopConnector } from '../../fakes/connector.ts';

/** A Wednesday morning. */
export const NOW_MS = Date.UTC(2026, 10, 25, 10);
export const YESTERDAY = new Date(NOW_MS - 86_400_000).toISOString();

export const demoLibrary = (): Promise<Library> =>
  loadPlaybooks(fileURLToPath(new URL('../../../demo/playbooks', import.meta.url)));

export type Shop = { policy: Policy; connector: ShopConnector; clock: FakeClock; troubles: unknown[] };

/** The demo's playbooks over the demo's records, with the real understanding. */
export async function openShop(): Promise<Shop> {
  const clock = new FakeClock({ epochMs: NOW_MS });
  const connector = new ShopConnector(clock);
  const troubles: unknown[] = [];
  warmUpSlots(['en']);
  const policy = await createPlaybookPolicy({
    playbooks: await demoLibrary(),
    connector,
    trainNlu: trainNlpjs,
    readSlot,
    clock,
    onTrouble: (error) => troubles.push(error),
  });
  return { policy, connector, clock, troubles };
}

export type Visitor = {
  customerId?: string;
  page?: JsonObject;
  events?: PageEvent[];
  /** Facts that the session learnt from the shop, as at the start of a real call. */
  overview?: boolean;
  /** Joins the call with the person's others. */
  thread?: Thread;
  /** A conversation that goes on from its snapshot. */
  restored?: JsonObject;
};

/** One call to the shop, line by line. */
export class ShopCall {
  readonly shop: Shop;
  readonly conversation: Conversation;
  readonly waiting: Sentence[] = [];
  readonly page: JsonObject;
  readonly events: PageEvent[];
  readonly replies: Reply[] = [];
  #signed: JsonObject = {};

  private constructor(shop: Shop, visitor: Visitor) {
    this.shop = shop;
    this.page = visitor.page ?? {};
    this.events = visitor.events ?? [];
    const facts = () => ({ ...this.#facts(this.page, 'page'), ...this.#facts(this.#signed, 'signed') });
    this.conversation = shop.policy.open(
      {
        siteName: 'Lumen & Oak',
        language: 'en',
        subject: { customerId: visitor.customerId ?? null },
        facts,
        events: () => this.events,
      },
      visitor.thread,
      visitor.restored,
    );
    this.conversation.onWaiting((sentence) => this.waiting.push(sentence));
  }

  static async from(shop: Shop, visitor: Visitor = {}): Promise<ShopCall> {
    const call = new ShopCall(shop, visitor);
    if (visitor.customerId) {
      const subject = { customerId: visitor.customerId };
      call.#signed = await shop.connector.call({ operation: 'customer.overview', args: {}, subject });
      shop.connector.requests.length = 0;
    }
    return call;
  }

  async greet(): Promise<string> {
    return this.#heard(await this.conversation.greet());
  }

  async say(text: string, turn: Partial<CallerTurn> = {}): Promise<string> {
    const whole: CallerTurn = { text, alternatives: [], confidence: 0.95, channel: 'voice', ...turn };
    return this.#heard(await this.conversation.respond(whole));
  }

  /** After a break. */
  async resume(from: Break): Promise<string> {
    return this.#heard(await this.conversation.resume(from));
  }

  async silence(count: number): Promise<string> {
    return this.#heard(await this.conversation.silence(count));
  }

  async changed(event: { name: string; data?: Json }): Promise<string | null> {
    this.shop.clock.advance(1_000);
    this.events.push({ name: event.name, data: event.data ?? {}, observedAt: this.shop.clock.epochMs() });
    const reply = await this.conversation.contextChanged();
    return reply && this.#heard(reply);
  }

  get last(): Reply {
    const reply = this.replies.at(-1);
    if (!reply) throw new Error('nothing was said yet');
    return reply;
  }

  /** What the last reply sounds like. */
  get spoken(): string {
    return this.last.sentences.map(({ text, speech }) => speech ?? text).join(' ');
  }

  #heard(reply: Reply): string {
    this.replies.push(reply);
    return reply.sentences.map(({ text }) => text).join(' ');
  }

  #facts(values: JsonObject, source: FactSource) {
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { value, source, observedAt: NOW_MS }]),
    );
  }
}
