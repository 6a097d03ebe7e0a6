import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../../../server/ledger/event.ts';
import { Person } from '../../../fakes/person.ts';
import { openShop, type Shop, ShopCall, type Visitor } from '../shopCall.ts';

const DAY_MS = 86_400_000;
const ADDRESS_LINES = ['I want to change the delivery address', 'one oh five one two'];

let shop: Shop;
let person: Person;
beforeAll(async () => {
  shop = await openShop();
}, 60_000);
afterAll(() => shop.policy.close());
beforeEach(() => {
  shop.connector.store.reset();
  person = new Person(shop.clock);
});

/** One contact of the person's, hung up after the lines. */
async function contact(
  lines: string[],
  visitor: Visitor = {},
  channel: Channel = 'voice',
): Promise<string[]> {
  const thread = person.contact(channel);
  const call = await ShopCall.from(shop, { customerId: 'cus_jane', thread, ...visitor });
  const said = [await call.greet()];
  for (const line of lines) said.push(await call.say(line));
  call.conversation.close();
  thread.end();
  shop.clock.advance(60_000);
  return said;
}

describe('a call that was hung up in the middle', () => {
  it('is offered by name in the next greeting and finished without a repeated question', async () => {
    const first = await contact([...ADDRESS_LINES, 'twelve oak road in bristol']);
    expect(first.at(-1)).toMatch(/postcode/);
    const said = await contact(['yes please', 'B S one four S T', 'yes']);
    expect(said[0]).toMatch(
      /Last time we were busy with the delivery address of order 10512\. Shall we finish that\?$/,
    );
    expect(said[1]).toMatch(/back to the delivery address\..*postcode/);
    expect(said[2]).toMatch(/order 10512 goes to 12 oak road, bristol, BS1 4ST.*right\?/);
    expect(said[3]).toMatch(/^Done\. It goes to 12 oak road in bristol now/);
    expect(person.memory?.unfinished).toEqual([]);
    expect(person.memory?.resolutions).toMatchObject([{ playbook: 'change-address' }]);
    const third = await contact([]);
    expect(third[0]).not.toMatch(/Last time/);
  });

  it('says the order number as digits', async () => {
    await contact(ADDRESS_LINES);
    const call = await ShopCall.from(shop, { customerId: 'cus_jane', thread: person.contact() });
    await call.greet();
    expect(call.spoken).toMatch(/order one zero five, one two/);
  });

  it('takes an answer as a yes', async () => {
    await contact(['cancel order 10512']);
    const said = await contact(['yes, cancel it']);
    expect(said[0]).toMatch(/Last time we were busy with cancelling your order/);
    expect(said[1]).toMatch(/Shall I cancel it\?/);
  });

  it('asks again for the confirmation of a change, whatever was confirmed before', async () => {
    shop.connector.failures = 0;
    const lines = [...ADDRESS_LINES, '12 Mill Lane, Bristol, BS1 4ST'];
    const first = await contact(lines);
    expect(first.at(-1)).toMatch(/right\?$/);
    const said = await contact(['yes']);
    expect(said[1]).toMatch(/order 10512 goes to 12 Mill Lane.*right\?/);
    expect(shop.connector.operations).not.toContain('orders.changeAddress');
  });

  it('does nothing twice: a change that was sent goes by the same key in the next call', async () => {
    const thread = person.contact();
    const call = await ShopCall.from(shop, { customerId: 'cus_jane', thread });
    await call.greet();
    for (const line of [...ADDRESS_LINES, '12 Mill Lane, Bristol, BS1 4ST']) await call.say(line);
    // The answer is lost: the system does it, and the caller hears that it does not answer.
    const { call: real } = shop.connector;
    shop.connector.call = async (request) => {
      const answer = await real.call(shop.connector, request);
      if (request.operation === 'orders.changeAddress') throw new Error('the line is cut');
      return answer;
    };
    expect(await call.say('yes')).toMatch(/isn't answering/);
    shop.connector.call = real;
    call.conversation.close();
    thread.end();
    await contact(['yes', 'yes']);
    const changes = shop.connector.requests.filter(({ operation }) => operation === 'orders.changeAddress');
    const sent = person.events.filter(({ kind, data }) => kind === 'action' && data.state === 'sent');
    expect(sent).toHaveLength(2);
    expect(new Set(sent.map(({ data }) => data.key)).size).toBe(1);
    expect(changes).toHaveLength(1);
    expect(changes[0]?.idempotencyKey).toBe(sent[0]?.data.key);
  });

  it('is let go by a no, and not offered again until the caller brings it up', async () => {
    await contact(ADDRESS_LINES);
    const second = await contact(['no, something else']);
    expect(second[1]).toMatch(/No problem|All right/);
    const third = await contact(['I want to change the delivery address', 'yes']);
    expect(third[0]).not.toMatch(/Last time/);
    expect(third[1]).toMatch(/Last time we were busy with the delivery address of order 10512/);
    expect(third[2]).toMatch(/new address/);
  });

  it('begins anew when the caller wants the same for something else', async () => {
    await contact(ADDRESS_LINES);
    await contact(['no thanks']);
    const said = await contact(['I want to change the delivery address', 'no']);
    expect(said[2]).toMatch(/Of course\./);
    expect(said[2]).not.toMatch(/Last time/);
  });

  it('goes straight to what the caller wants instead', async () => {
    await contact(ADDRESS_LINES);
    const said = await contact(['no, what are your opening hours']);
    expect(said[1]).toMatch(/weekdays/);
    expect(person.memory?.unfinished[0]).toMatchObject({ declined: true });
  });

  it('is forgotten after a fortnight', async () => {
    await contact(ADDRESS_LINES);
    shop.clock.advance(15 * DAY_MS);
    expect((await contact([]))[0]).not.toMatch(/Last time/);
  });

  it('confirms what was said more than a week ago', async () => {
    await contact(ADDRESS_LINES);
    shop.clock.advance(8 * DAY_MS);
    const said = await contact(['no', 'I want to change the delivery address', 'yes', 'yes']);
    expect(said[3]).toMatch(/10512.*\?$/);
    expect(said[3]).not.toMatch(/new address/);
    expect(said[4]).toMatch(/new address/);
  });
});

describe('what a call begins with', () => {
  it('is one matter: a greeting about the same thing is said, and the task goes on', async () => {
    await contact(['yes', 'pick it up please']);
    const said = await contact(['yes']);
    expect(said[0]).toMatch(/oak desk lamp/);
    expect(said[0]).not.toMatch(/Last time/);
    expect(said[1]).toMatch(/Which day/);
  });

  it('is what is more urgent: a payment that has just failed', async () => {
    await contact(ADDRESS_LINES);
    const events = [
      { name: 'payment_failed', data: { reason: 'card_declined' }, observedAt: shop.clock.epochMs() },
    ];
    const said = await contact([], { events });
    expect(said[0]).toMatch(/card was declined|payment/);
    expect(said[0]).not.toMatch(/Last time/);
  });
});

describe('across channels', () => {
  it('a return that is begun in chat is finished by voice', async () => {
    const chat = await contact(['yes', 'I will drop it off'], {}, 'chat');
    expect(chat.at(-1)).toMatch(/parcel shop\. Is that right/);
    const call = await contact(['yes', 'yes']);
    expect(call[1]).toMatch(/parcel shop\. Is that right/);
    expect(call[2]).toMatch(/^Done\. The label/);
  });
});

describe('somebody whose name is not proven', () => {
  it('is told the matter and no value of it', async () => {
    await contact(ADDRESS_LINES);
    const said = await contact([], { customerId: undefined } as Visitor);
    expect(said[0]).not.toMatch(/10512/);
  });

  it('goes on after signing in', async () => {
    const anonymous = { customerId: undefined } as Visitor;
    const first = await contact(['I want to change the delivery address'], anonymous);
    expect(first.at(-1)).toMatch(/signed in/);
    const said = await contact(['yes', 'one oh five one two']);
    expect(said[0]).toMatch(/Last time we were busy with the delivery address\. Shall/);
    expect(said[2]).toMatch(/new address/);
  });
});

describe('two contacts at once', () => {
  it('are told of each other, and neither offers what the other is busy with', async () => {
    const one = person.contact();
    const call = await ShopCall.from(shop, { customerId: 'cus_jane', thread: one });
    await call.greet();
    for (const line of ADDRESS_LINES) await call.say(line);
    const said = await contact([], {}, 'chat');
    expect(said[0]).toMatch(/talking to us elsewhere/);
    expect(said[0]).not.toMatch(/Last time/);
  });

  it('make one change of the same change', async () => {
    const lines = [...ADDRESS_LINES, '12 Mill Lane, Bristol, BS1 4ST'];
    const one = await ShopCall.from(shop, { customerId: 'cus_jane', thread: person.contact() });
    const two = await ShopCall.from(shop, { customerId: 'cus_jane', thread: person.contact('chat') });
    for (const call of [one, two]) {
      await call.greet();
      for (const line of lines) await call.say(line);
    }
    await one.say('yes');
    await two.say('yes');
    const keys = person.events
      .filter(({ kind, data }) => kind === 'action' && data.state === 'done')
      .map(({ data }) => data.key);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });
});

describe('preferences', () => {
  it('hold in the next contact', async () => {
    await contact(['could you speak slower please']);
    const call = await ShopCall.from(shop, { customerId: 'cus_jane', thread: person.contact() });
    await call.greet();
    expect(call.last.rate).toBeCloseTo(0.85);
  });
});

describe('an erasure during a call', () => {
  it('lets the call go on without what was remembered', async () => {
    await contact(ADDRESS_LINES);
    const call = await ShopCall.from(shop, { customerId: 'cus_jane', thread: person.contact() });
    await call.greet();
    person.memory = null;
    expect(await call.say('yes')).toMatch(/back to the delivery address/);
    expect(await call.say('12 Mill Lane, Bristol, BS1 4ST')).toMatch(/right\?/);
  });
});

describe('the ledger', () => {
  it('holds what was done and why, and what was said only in its personal part', async () => {
    await contact([...ADDRESS_LINES, '12 Mill Lane, Bristol, BS1 4ST', 'yes', 'no thank you']);
    const kinds = new Set(person.kinds());
    for (const kind of [
      'intent',
      'slot',
      'decision',
      'lookup',
      'action',
      'task.begun',
      'task.step',
      'task.done',
    ])
      expect(kinds).toContain(kind);
    const plain = JSON.stringify(person.events.map(({ data }) => data));
    expect(plain).not.toMatch(/Mill Lane|Bristol|10512|BS1/);
  });
});
