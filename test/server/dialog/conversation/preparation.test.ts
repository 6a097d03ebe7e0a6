import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CallerTurn, Reply } from '../../../../server/dialog/policy.ts';
import { openShop, type Shop, ShopCall, type Visitor } from '../shopCall.ts';

const JANE: Visitor = { customerId: 'cus_jane' };

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
}, 60_000);
afterAll(() => shop.policy.close());
beforeEach(() => {
  shop.connector.store.reset();
  shop.connector.requests.length = 0;
  shop.connector.hold = null;
});

const turnOf = (text: string): CallerTurn => ({ text, alternatives: [], confidence: 0.95, channel: 'voice' });
const actions = (): string[] =>
  shop.connector.requests.flatMap(({ operation, idempotencyKey }) => (idempotencyKey ? operation : []));

/** The reply to a turn that was prepared once or twice before it was certain; whether one of them was used. */
async function sayEarly(call: ShopCall, text: string): Promise<{ reply: Reply; used: boolean }> {
  const { conversation } = call;
  const half = conversation.prepare?.(turnOf(text.slice(0, text.lastIndexOf(' '))));
  await half?.reply;
  half?.discard();
  const whole = conversation.prepare?.(turnOf(text));
  await whole?.reply;
  const reply = await whole?.commit();
  return { reply: reply ?? (await conversation.respond(turnOf(text))), used: reply !== null };
}

const SCRIPTS: readonly (readonly string[])[] = [
  ['where is my order 10512', 'cancel my order', 'yes', 'no thank you', 'goodbye'],
  ['cancel my order', 'what are your opening hours', 'yes', 'it is 10512', 'no'],
  ['cancel my order', 'how are you', 'ten five twelve', 'could you repeat that', 'yes please', 'no'],
  ['no', 'I was charged twice', 'yes', 'thank you', 'no'],
  ['yes', 'pick it up on friday please', 'yes', 'where is my order 10498', 'get me a colleague', 'it broke'],
  ['blah blah', 'slower please', 'blah', 'blah', 'blah'],
  ['I moved house', '12 Oak Street in Leeds', 'yes', 'no the other one', 'something else', 'help'],
];

describe('a prepared reply', () => {
  it.each(SCRIPTS)('is the one that would have been given: %s, %s …', async (...lines) => {
    const plain = await ShopCall.from(shop, JANE);
    await plain.greet();
    const given: Reply[] = [];
    for (const line of lines) given.push(await plain.conversation.respond(turnOf(line)));
    const done = actions();
    shop.connector.store.reset();
    shop.connector.requests.length = 0;

    const early = await ShopCall.from(shop, JANE);
    await early.greet();
    let used = 0;
    for (const [index, line] of lines.entries()) {
      const outcome = await sayEarly(early, line);
      expect(outcome.reply).toEqual(given[index]);
      used += outcome.used ? 1 : 0;
    }
    expect(actions()).toEqual(done);
    expect(used).toBeGreaterThanOrEqual(lines.length - done.length);
  });

  it('never acts: a turn that would is left to be answered when it is over', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    await call.say('cancel my order 10512');
    const prepared = call.conversation.prepare?.(turnOf('yes'));
    expect(await prepared?.reply).toBeNull();
    expect(actions()).toEqual([]);
    expect(await prepared?.commit()).toBeNull();
    await call.say('yes');
    expect(actions()).toHaveLength(1);
  });

  it('leaves no trace when it is discarded', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    const prepared = call.conversation.prepare?.(turnOf('where is my order 10512'));
    await prepared?.reply;
    prepared?.discard();
    expect(await call.say('cancel my order')).toMatch(/Which order is it/);
  });

  it('is stale when the session has changed, something was said, or the assistant was interrupted', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    const commitAfter = async (change: () => unknown): Promise<Reply | null | undefined> => {
      const prepared = call.conversation.prepare?.(turnOf('what are your opening hours'));
      await prepared?.reply;
      await change();
      return prepared?.commit();
    };
    expect(await commitAfter(() => {})).not.toBeNull();
    expect(await commitAfter(() => (call.page.cart = 3))).toBeNull();
    expect(await commitAfter(() => call.say('how are you'))).toBeNull();
    expect(await commitAfter(() => call.conversation.interrupted('very'))).toBeNull();
    expect(await commitAfter(() => call.changed({ name: 'cart_changed' }))).toBeNull();
  });

  it('says that a slow look-up takes a moment only once the caller waits for it', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    const { promise, resolve } = Promise.withResolvers<void>();
    shop.connector.hold = promise;
    const prepared = call.conversation.prepare?.(turnOf('where is my order 10512'));
    await expect.poll(() => shop.connector.requests.length).toBeGreaterThan(0);
    shop.clock.advance(800);
    expect(call.waiting).toEqual([]);
    const reply = prepared?.commit();
    await expect.poll(() => call.waiting.length).toBe(1);
    resolve();
    expect((await reply)?.intent).not.toBeNull();
  });
});
