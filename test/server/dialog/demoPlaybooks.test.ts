import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openShop, type Shop, ShopCall, type Visitor, YESTERDAY } from './shopCall.ts';

const JANE: Visitor = { customerId: 'cus_jane' };
const RETURN_ON_PAGE = {
  return: {
    orderNumber: '10427',
    item: { name: 'Oak desk lamp', color: 'brass' },
    startedAt: YESTERDAY,
    step: 'method',
  },
};

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
}, 60_000);
afterAll(() => shop.policy.close());
beforeEach(() => shop.connector.store.reset());

/** What the caller says → what the assistant answers. The first line is the greeting. */
type Line = [caller: string, assistant: RegExp];

const CALLS: Record<string, { visitor: Visitor; lines: Line[]; operations?: string[]; ends?: string }> = {
  'an answer in two parts that resembles another matter': {
    visitor: JANE,
    lines: [
      ['', /return/],
      ['yes please', /pick it up, or/],
      ['can you pick it up on friday', /pick up .* on Friday.*right\?/],
      ['yes', /courier/],
    ],
  },
  'a return that the page knows is greeted by name, signed in or not': {
    visitor: { page: RETURN_ON_PAGE },
    lines: [
      ['', /^Hi, .*started returning the oak desk lamp yesterday\. Is that what you are calling about\?$/],
      ['yes', /oak desk lamp still needs a way to send it.*sign in.*anything else/],
      ['no thank you', /Goodbye/],
    ],
    operations: [],
    ends: 'hangUp',
  },
  'a call back is noted with its number and what was talked about': {
    visitor: JANE,
    lines: [
      ['', /yesterday/],
      ['no', /What can I do for you/],
      ['Please call me back later.', /On which number/],
      ['0 7 7 0 0 9 0 0 1 2 3', /wrote down what we talked about, and a colleague calls you back on/],
    ],
    operations: ['tickets.create'],
  },
  'a signed-in customer finishes a return by pick-up': {
    visitor: JANE,
    lines: [
      ['', /^Hi Jane, .*oak desk lamp yesterday/],
      ['yes', /pick it up, or will you drop it off/],
      ['pick it up please', /Which day/],
      ['on friday', /oak desk lamp on Friday, November 27\. Is that right/],
      ['yes', /^Done\. The courier comes on Friday.*£129\.00 back/],
    ],
    operations: ['returns.find', 'returns.complete'],
  },
  'a return is finished by drop-off, said in one sentence with the yes': {
    visitor: JANE,
    lines: [
      ['', /yesterday/],
      ['yes, I will drop it off', /drop the oak desk lamp off at a parcel shop\. Is that right/],
      ['yes', /^Done\. The label is in your e-mail/],
    ],
    operations: ['returns.find', 'returns.complete'],
  },
  'the status of a return': {
    visitor: { customerId: 'cus_mateo' },
    lines: [
      ['', /^Hi Mateo.*How can I help\?$/],
      [
        'have you got the parcel that I sent back',
        /wall shelf is on its way back to us\. You get £79\.00 back/,
      ],
    ],
    operations: ['returns.find'],
  },
  'a return needs a signed-in visitor': {
    visitor: {},
    lines: [
      ['', /How can I help\?$/],
      ['where is my refund', /need you to be signed in/],
    ],
    operations: [],
  },
  'an order status: of the one that travels without asking, of another by its number': {
    visitor: JANE,
    lines: [
      ['', /yesterday/],
      ['no, where is my order', /^Of course\. Order 10498 is on its way\. It should be with you on Friday/],
      ['and one oh five one two', /^Order 10512 is being prepared/],
      ['no', /Goodbye/],
    ],
    operations: ['orders.find', 'orders.find'],
  },
  'an order status for anybody, and only what is public': {
    visitor: {},
    lines: [
      ['', /How can I help\?$/],
      [
        'where is my parcel, number 10512',
        /^Order 10512 is being prepared\. It should be with you on Monday/,
      ],
    ],
    operations: ['orders.find'],
  },
  'the order whose page is open is not asked for': {
    visitor: { page: { order: { number: '10498' } } },
    lines: [
      ['', /looking at order 10498\. Do you want to know where it is\?$/],
      ['yes please', /^Order 10498 is on its way/],
    ],
  },
  'a changed address, with one part corrected after the question': {
    visitor: JANE,
    lines: [
      ['', /yesterday/],
      ['I want to change the delivery address', /Which order is it/],
      ['10512', /^What's the new address/],
      [
        '5 Elm Street, Leeds, LS1 4AB',
        /10512 goes to 5 Elm Street, Leeds, LS1 4AB, instead of 12 Larch Lane/,
      ],
      ['no', /What should I change/],
      ['the postcode', /What's the postcode/],
      ['LS2 9JT', /5 Elm Street, Leeds, LS2 9JT/],
      ['yes', /^Done\. It goes to 5 Elm Street in Leeds/],
    ],
    operations: ['orders.find', 'orders.changeAddress'],
  },
  'an address that is told bit by bit, spelled': {
    visitor: JANE,
    lines: [
      ['', /yesterday/],
      ['no', /What can I do/],
      ['can i get it delivered somewhere else', /Which order is it/],
      ['one oh five one two', /new address/],
      ['twelve oak road in bristol', /What's the postcode/],
      ['b s one four s t', /12 oak road, bristol, BS1 4ST/i],
      ['yes', /^Done\. It goes to 12 oak road in bristol/i],
      ['okay thank you bye', /Goodbye/],
    ],
    operations: ['orders.find', 'orders.changeAddress'],
    ends: 'hangUp',
  },
  'an address cannot be changed once the order has left': {
    visitor: JANE,
    lines: [
      ['', /yesterday/],
      ['change the address of order 10498', /order 10498 has left us already/],
    ],
    operations: ['orders.find'],
  },
  'an order is cancelled and the money comes back': {
    visitor: JANE,
    lines: [
      ['', /yesterday/],
      ['cancel order 10512', /^That's order 10512, the linen pendant, for £228\.00\. Shall I cancel it\?$/],
      ['yes', /^Done, it's cancelled\. You get £228\.00 back/],
    ],
    operations: ['orders.find', 'orders.cancel'],
  },
  'a dispatched order cannot be cancelled': {
    visitor: JANE,
    lines: [
      ['', /yesterday/],
      ['cancel order 10498', /has left us already/],
    ],
    operations: ['orders.find'],
  },
  'a no leaves the order as it is': {
    visitor: JANE,
    lines: [
      ['', /yesterday/],
      ['cancel order 10512', /Shall I cancel it/],
      ['no', /leave it as it is/],
    ],
    operations: ['orders.find'],
  },
  'cancelling needs a signed-in visitor': {
    visitor: {},
    lines: [
      ['', /How can I help/],
      ['cancel order 10512', /need you to be signed in/],
    ],
    operations: [],
  },
  'a declined card is greeted, explained and left to the visitor': {
    visitor: {
      page: { payment: { status: 'declined', reason: 'expired_card', amountCents: 4990, last4: '4242' } },
    },
    lines: [
      ['', /your card was declined just now\. Is that what you are calling about\?$/],
      ['yes', /the card has expired\. You weren't charged.*try again yourself, or shall I get a colleague/],
      ['I will try another card', /use another card at the checkout/],
    ],
    operations: [],
  },
  'a declined card that nothing shows is not made up': {
    visitor: JANE,
    lines: [
      ['', /yesterday/],
      [
        'my card was declined',
        /^I don't see a failed payment here.*try again yourself, or shall I get a colleague/,
      ],
    ],
    operations: [],
  },
  'a declined card goes to a colleague on request': {
    visitor: {
      ...JANE,
      page: {
        payment: { status: 'declined', reason: 'insufficient_funds', amountCents: 4990, last4: '4242' },
      },
    },
    lines: [
      ['', /declined/],
      ['yes', /isn't enough money/],
      ['a colleague please', /colleague takes over.*jane@example\.com/],
    ],
    operations: ['tickets.create'],
    ends: 'handoff',
  },
  'a double charge is found and paid back': {
    visitor: JANE,
    lines: [
      ['', /yesterday/],
      ['I was charged twice', /Order 10533 was charged twice, £89\.00 each\. Shall I pay one back/],
      ['yes', /^Done\. £89\.00 will be back on your card/],
    ],
    operations: ['payments.list', 'payments.refundDuplicate'],
  },
  'no double charge is no drama': {
    visitor: { customerId: 'cus_amelie' },
    lines: [
      ['', /How can I help/],
      ['you charged my card two times', /only one payment for each order/],
    ],
    operations: ['payments.list'],
  },
  'opening hours and small talk': {
    visitor: {},
    lines: [
      ['', /How can I help/],
      ['how are you', /Very well/],
      ['what are your opening hours', /from 9:00 to 18:00 on weekdays.*Sundays we're closed/],
      ['are you a robot', /I'm Robin, the voice assistant/],
      ['goodbye', /Goodbye/],
    ],
    operations: ['shop.hours'],
    ends: 'hangUp',
  },
  'a cart that waits': {
    visitor: {
      page: {
        cart: {
          items: [{ sku: 'arc', name: 'Arc floor lamp', quantity: 1, priceCents: 24900 }],
          totalCents: 24900,
          currency: 'GBP',
        },
      },
    },
    lines: [
      ['', /the arc floor lamp in your cart/],
      ['yes', /Your cart has arc floor lamp, £249\.00 in all.*Delivery is free/],
    ],
  },
  'a human, please: signed in, with a note of what was said': {
    visitor: JANE,
    lines: [
      ['', /yesterday/],
      ['I want to talk to a human', /a colleague takes over.*jane@example\.com/],
    ],
    operations: ['tickets.create'],
    ends: 'handoff',
  },
  'a human, please: a guest leaves an address': {
    visitor: {},
    lines: [
      ['', /How can I help/],
      ['can I speak to a real person', /To which e-mail address/],
      ['sam at example dot com', /sam@example\.com/],
      ['yes', /colleague takes over.*sam@example\.com/],
    ],
    operations: ['tickets.create'],
    ends: 'handoff',
  },
};

describe("the demo's playbooks", () => {
  for (const [name, { visitor, lines, operations, ends }] of Object.entries(CALLS)) {
    it(name, async () => {
      const call = await ShopCall.from(shop, visitor);
      shop.connector.requests.length = 0;
      for (const [caller, assistant] of lines) {
        const said = caller === '' ? await call.greet() : await call.say(caller);
        expect(said, `after "${caller}"`).toMatch(assistant);
      }
      if (operations) expect(shop.connector.operations).toEqual(operations);
      if (ends) expect(call.last.next).toBe(ends);
      expect(shop.troubles).toEqual([]);
    });
  }

  it('tells a colleague why, and what was talked about', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    await call.say('where is my order 10498');
    await call.say('get me a colleague');
    expect(call.last.handoff?.reason).toMatch(/asked for a colleague/);
    expect(call.last.handoff?.summary).toContain('10498');
    expect(shop.connector.requests.at(-1)?.args.body).toContain('10498');
  });
});
