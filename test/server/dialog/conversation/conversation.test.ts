import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openShop, type Shop, ShopCall, type Visitor } from '../shopCall.ts';

const JANE: Visitor = { customerId: 'cus_jane' };
const LAST_WORDS = "I don't want to keep you waiting";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
}, 60_000);
afterAll(() => shop.policy.close());
beforeEach(() => {
  shop.connector.store.reset();
  shop.connector.failures = 0;
  shop.connector.hold = null;
});

async function callAfter(visitor: Visitor, ...lines: string[]): Promise<ShopCall> {
  const call = await ShopCall.from(shop, visitor);
  await call.greet();
  for (const line of lines) await call.say(line);
  shop.connector.requests.length = 0;
  return call;
}

describe('topics', () => {
  it('parks the open task and offers to come back to it', async () => {
    const call = await callAfter(JANE, 'cancel my order');
    expect(await call.say('what are your opening hours')).toMatch(
      /weekdays.*Shall we go back to cancelling your order\?$/,
    );
    expect(call.last.intent).toBe('shop.hours');
    expect(await call.say('yes')).toMatch(/back to cancelling your order\. Which order is it/);
    expect(call.last.expects).toBe('digits');
  });

  it('takes an answer to the parked question as a yes', async () => {
    const call = await callAfter(JANE, 'cancel my order', 'what are your opening hours');
    expect(await call.say('it is 10512')).toMatch(/That's order 10512/);
  });

  it('lets the parked task go when it is not wanted', async () => {
    const call = await callAfter(JANE, 'cancel my order', 'what are your opening hours');
    expect(await call.say('no')).toMatch(/anything else/);
  });

  it('answers small talk and asks its question again', async () => {
    const call = await callAfter(JANE, 'cancel my order');
    expect(await call.say('how are you')).toMatch(/^Very well, thank you for asking\. Which order is it/);
    expect(call.last.expects).toBe('digits');
  });

  it('declines a suggestion kindly, and goes straight to what the caller wants instead', async () => {
    const call = await callAfter(JANE);
    expect(await call.say('no')).toBe('No problem. What can I do for you?');
    const other = await callAfter(JANE);
    expect(await other.say('no, I was charged twice')).toMatch(/^Of course\. You're right\. Order 10533/);
  });

  it('says "something else" at any question', async () => {
    const call = await callAfter(JANE, 'cancel my order');
    expect(await call.say("it's about something else")).toMatch(
      /What can I do for you\?|How can I help instead\?/,
    );
  });
});

describe('what is known', () => {
  it('does not ask again for a number that an earlier task learnt', async () => {
    const call = await callAfter(JANE, 'where is my order 10512');
    expect(await call.say('cancel my order')).toMatch(/^That's order 10512/);
  });

  it('takes several slots from one sentence', async () => {
    const call = await callAfter(JANE, 'yes');
    expect(await call.say('pick it up on friday please')).toMatch(
      /pick up the oak desk lamp on Friday, November 27/,
    );
  });

  it('uses what the page shows by now', async () => {
    const call = await callAfter(JANE, 'no');
    call.page.order = { number: '10498' };
    expect(await call.say('where is my order')).toMatch(/^Order 10498 is on its way/);
  });
});

describe('corrections', () => {
  it('changes a filled slot in passing, while another is asked for', async () => {
    const call = await callAfter(JANE, 'yes', 'pick it up');
    expect(await call.say('actually I will drop it off')).toMatch(
      /drop the oak desk lamp off at a parcel shop/,
    );
  });

  it('changes a slot after the question whether it is right', async () => {
    const call = await callAfter(JANE, 'yes', 'pick it up', 'on friday');
    expect(await call.say('no, make it monday')).toMatch(/on Monday, November 30\. Is that right/);
    await call.say('yes');
    expect(shop.connector.requests.at(-1)?.args).toMatchObject({ method: 'pickup', date: '2026-11-30' });
  });

  it('does not act on what was corrected', async () => {
    const call = await callAfter(JANE, 'cancel order 10512');
    expect(await call.say('no, 10533')).toMatch(/That's order 10533/);
    await call.say('yes');
    expect(shop.connector.requests.filter(({ operation }) => operation === 'orders.cancel')).toMatchObject([
      { args: { number: '10533' } },
    ]);
  });
});

describe('numbers', () => {
  it('reads them in groups to the ear and whole to the eye', async () => {
    const call = await callAfter(JANE);
    expect(await call.say('cancel order 10512')).toContain('order 10512');
    expect(call.spoken).toContain('order one zero five, one two');
  });

  it('asks whether a known number near to the heard one was meant, before it asks to repeat', async () => {
    const call = await callAfter(JANE, 'no');
    expect(await call.say('where is my order 10488')).toBe('Did you mean order 10498?');
    expect(await call.say('yes')).toMatch(/^Order 10498 is on its way/);
  });

  it('believes the caller who says it is not the near one', async () => {
    const call = await callAfter(JANE, 'where is my order 10488');
    expect(await call.say('no')).toMatch(/number/);
    expect(await call.say('10402')).toMatch(/10402 was delivered/);
  });

  it('takes another number instead of a yes or no', async () => {
    const call = await callAfter(JANE, 'where is my order 10488');
    expect(await call.say('no, it is 10402')).toMatch(/10402 was delivered/);
  });

  it('does not doubt what was typed', async () => {
    const call = await callAfter(JANE, 'no');
    const said = await call.say('where is my order 10488', { channel: 'text', confidence: 1 });
    expect(said).toMatch(/can't find order 10488/);
  });

  it('checks a number that was hardly heard', async () => {
    const call = await callAfter(JANE, 'where is my order');
    expect(await call.say('10498', { confidence: 0.4 })).toBe('Did you mean order 10498?');
  });
});

describe('recognition', () => {
  it('asks about an intent that was hardly heard', async () => {
    const call = await callAfter({});
    expect(await call.say('what are your opening hours', { confidence: 0.2 })).toMatch(
      /about our opening hours\?$/,
    );
    expect(await call.say('yes')).toMatch(/weekdays/);
  });

  it('says what it understood when it was faint', async () => {
    const call = await callAfter({});
    expect(await call.say('what are your opening hours', { confidence: 0.5 })).toMatch(
      /^So, about our opening hours\. We're/,
    );
  });
});

describe('failures in a row', () => {
  it('asks in other words, then offers another way, then brings a colleague', async () => {
    const call = await callAfter(JANE, 'cancel my order');
    const first = await call.say('blorp fizz');
    expect(first).toMatch(/^Sorry.*five digits/);
    expect(await call.say('glimp zonk')).toMatch(/type it here, or I can get a colleague/);
    expect(call.last.offer).toEqual({ kinds: ['keys', 'text', 'human'], label: 'Order number' });
    expect(await call.say('wubba')).toContain(LAST_WORDS);
    expect(call.last.next).toBe('handoff');
    expect(call.last.handoff?.reason).toMatch(/could not understand/);
  });

  it('counts values that do not exist', async () => {
    const call = await callAfter({}, 'where is my parcel');
    expect(await call.say('99999')).toMatch(/can't find order 99999.*\?$/);
    expect(await call.say('88888')).toMatch(/There's no order 88888 either\..*type it here/);
    expect(await call.say('77777')).toContain(LAST_WORDS);
  });

  it('proposes a known value, when there are few, before a keypad', async () => {
    const call = await callAfter({ customerId: 'cus_amelie' }, 'cancel my order', 'no');
    const mateo = await callAfter({ customerId: 'cus_mateo' }, 'cancel my order');
    expect(await mateo.say("I don't know")).toMatch(/Did you mean order 10470\?/);
    expect(call.last.next).toBe('listen');
  });

  it('offers what it can do when there is no question', async () => {
    const call = await callAfter({}, 'blorp');
    expect(await call.say('fizz')).toMatch(/I can help with cancelling your order.*Which of these is it\?$/);
    expect(call.last.offer?.kinds).toContain('human');
  });

  it('forgets failures once something was understood', async () => {
    const call = await callAfter({}, 'blorp', 'fizz', 'what are your opening hours', 'blorp');
    expect(call.last.next).toBe('listen');
    expect(await call.say('fizz')).not.toContain(LAST_WORDS);
  });
});

describe('what works everywhere', () => {
  it('repeats', async () => {
    const call = await callAfter(JANE, 'cancel order 10512');
    const before = call.last.sentences;
    await call.say('could you repeat that please');
    expect(call.last.sentences).toEqual(before);
    expect(await call.say('yes')).toMatch(/cancelled/);
  });

  it('repeats only what was not heard', async () => {
    const call = await callAfter({}, 'what are your opening hours');
    call.conversation.interrupted("We're open from 9:00 to 18:00 on weekdays.");
    expect(await call.say('say that again')).toMatch(/^On Saturdays/);
  });

  it('speaks slower from then on', async () => {
    const call = await callAfter(JANE, 'cancel my order');
    expect(await call.say('can you talk more slowly')).toMatch(/^Sure, I'll slow down\. Which order is it/);
    expect(call.last.rate).toBeCloseTo(0.85);
    await call.say('10512');
    expect(call.last.rate).toBeCloseTo(0.85);
  });

  it('speaks up', async () => {
    const call = await callAfter({});
    await call.say('can you speak louder');
    expect(call.last.gain).toBeGreaterThan(1);
  });

  it('waits with its question', async () => {
    const call = await callAfter(JANE, 'cancel my order');
    expect(await call.say('hold on')).toBe('Of course, take your time.');
    expect(await call.say('10512')).toMatch(/^That's order 10512/);
  });

  it('is thanked and said goodbye to', async () => {
    const call = await callAfter({});
    expect(await call.say('thank you very much')).toMatch(/^You're welcome/);
    expect(await call.say('bye')).toMatch(/Goodbye/);
    expect([call.last.next, call.last.expects]).toEqual(['hangUp', 'none']);
  });

  it('tells what it can do', async () => {
    const call = await callAfter({});
    expect(await call.say('what can you do')).toMatch(/^I can help with .*your return/);
  });
});

describe('silence', () => {
  it('prompts gently, then offers other ways, then closes', async () => {
    const call = await callAfter(JANE, 'cancel my order');
    expect(await call.silence(1)).toMatch(/^Are you still there\? Which order/);
    expect(await call.silence(2)).toMatch(/type to me, or we can call you back/);
    expect(call.last.offer?.kinds).toEqual(['keys', 'text', 'callBack', 'human']);
    expect(await call.silence(3)).toMatch(/Goodbye/);
    expect(call.last.next).toBe('hangUp');
  });
});

describe('interruptions', () => {
  it('does not take a yes for a confirmation that was not heard', async () => {
    const call = await callAfter(JANE, 'cancel order 10512');
    call.conversation.interrupted("That's order 10512,");
    expect(await call.say('yes')).toMatch(/Shall I cancel it\?$/);
    expect(shop.connector.operations).not.toContain('orders.cancel');
    expect(await call.say('yes')).toMatch(/cancelled/);
  });

  it('takes it when only the last words were missing', async () => {
    const call = await callAfter(JANE, 'cancel order 10512');
    call.conversation.interrupted("That's order 10512, the linen pendant, for £228.00. Shall I cancel");
    expect(await call.say('yes')).toMatch(/cancelled/);
  });

  it('says what was not heard when the interruption meant nothing', async () => {
    const call = await callAfter({}, 'what are your opening hours');
    call.conversation.interrupted("We're open from 9:00 to 18:00 on weekdays.");
    expect(await call.say('hmpf')).toMatch(/^On Saturdays/);
  });
});

describe('page events', () => {
  it('speaks of a failed payment, and returns to the question when it is not that', async () => {
    const call = await callAfter(JANE, 'cancel my order');
    expect(await call.changed({ name: 'payment_failed', data: { reason: 'expired_card' } })).toMatch(
      /Shall we look at that\?$/,
    );
    expect(await call.say('no')).toMatch(/Which order is it/);
    expect(call.last.expects).toBe('digits');
  });

  it('looks at it on a yes, with the reason of the event, and comes back', async () => {
    const call = await callAfter(JANE, 'cancel my order');
    await call.changed({ name: 'payment_failed', data: { reason: 'expired_card' } });
    expect(await call.say('yes')).toMatch(/the card has expired/);
    expect(await call.say('try again')).toMatch(/Shall we go (back to|on with) cancelling your order\?$/);
  });

  it('keeps silent about events that no playbook minds, and about each only once', async () => {
    const call = await callAfter(JANE);
    expect(await call.changed({ name: 'scrolled' })).toBeNull();
    await call.changed({ name: 'payment_failed' });
    expect(await call.conversation.contextChanged()).toBeNull();
  });
});

describe('systems behind', () => {
  it('announces a look-up that takes long', async () => {
    const call = await callAfter({}, 'where is my parcel');
    let answer = () => {};
    shop.connector.hold = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const reply = call.say('10498');
    await expect.poll(() => shop.connector.operations).toEqual(['orders.find']);
    await shop.clock.advanceAsync(699);
    expect(call.waiting).toEqual([]);
    await shop.clock.advanceAsync(1);
    expect(call.waiting.map(({ text }) => text)).toEqual(["One moment, I'm looking it up."]);
    answer();
    expect(await reply).toMatch(/^Order 10498/);
  });

  it('says honestly that a system does not answer, and tries again', async () => {
    const call = await callAfter({}, 'where is my parcel');
    shop.connector.failures = 1;
    expect(await call.say('10498')).toMatch(/our system isn't answering\. Shall I try again\?$/);
    expect(await call.say('yes')).toMatch(/^Order 10498 is on its way/);
  });

  it('offers a colleague when it is not to be tried again', async () => {
    const call = await callAfter(JANE, 'no, where is my order');
    shop.connector.failures = 1;
    await call.say('10498');
    expect(await call.say('no')).toMatch(/Shall I get a colleague\?$/);
    expect(await call.say('yes')).toMatch(/colleague takes over/);
    expect(call.last.handoff?.reason).toMatch(/does not answer/);
  });

  it('brings a colleague when it fails again', async () => {
    const call = await callAfter({}, 'where is my parcel');
    shop.connector.failures = 2;
    await call.say('10498');
    expect(await call.say('yes')).toContain(LAST_WORDS);
  });

  it('gives up on a system that never answers', async () => {
    const call = await callAfter({}, 'where is my parcel');
    shop.connector.hold = new Promise(() => {});
    const reply = call.say('10498');
    await expect.poll(() => shop.connector.operations).toEqual(['orders.find']);
    await shop.clock.advanceAsync(10_000);
    expect(await reply).toMatch(/Shall I try again/);
  });

  it('repeats an action under the same key only, so that it never takes effect twice', async () => {
    const call = await callAfter(JANE, 'cancel order 10512');
    shop.connector.failures = 1;
    await call.say('yes');
    await call.say('yes');
    const keys = shop.connector.requests
      .filter(({ operation }) => operation === 'orders.cancel')
      .map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('turns', () => {
  it('deals with turns in order, even when they come at once', async () => {
    const call = await callAfter(JANE);
    const [first, second] = await Promise.all([call.say('cancel my order'), call.say('10512')]);
    expect(first).toMatch(/Which order/);
    expect(second).toMatch(/^That's order 10512/);
  });

  it('answers in the language of the playbooks, and says so, when the session has another', async () => {
    const conversation = shop.policy.open({
      siteName: 'Lumen & Oak',
      language: 'fr',
      subject: { customerId: null },
      facts: () => ({}),
      events: () => [],
    });
    expect(await conversation.greet()).toMatchObject({ language: 'en' });
  });

  it('survives a session that cannot be read', async () => {
    let broken = false;
    const conversation = shop.policy.open({
      siteName: 'Lumen & Oak',
      language: 'en',
      subject: { customerId: null },
      facts: () => {
        if (broken) throw new Error('gone');
        return {};
      },
      events: () => [],
    });
    await conversation.greet();
    broken = true;
    const turn = { text: 'hello', alternatives: [], confidence: 1, channel: 'text' } as const;
    const reply = await conversation.respond({ ...turn, alternatives: [] });
    expect(reply.sentences[0]?.text).toMatch(/something went wrong/);
    expect(shop.troubles.splice(0)).toHaveLength(1);
  });
});
