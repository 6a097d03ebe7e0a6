import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openShop, type Shop, ShopCall } from '../shopCall.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
}, 60_000);
afterAll(() => shop.policy.close());

const LINES = [
  ...[
    'yes',
    'no',
    'nope',
    'yes please',
    'no thank you',
    '',
    '   ',
    '?',
    'hmm',
    '10512',
    '10488',
    'one oh four nine eight',
  ],
  ...[
    'where is my order',
    'cancel my order',
    'cancel order 10533',
    'change my address',
    'I was charged twice',
  ],
  ...[
    'my card was declined',
    'what are your opening hours',
    'finish my return',
    'where is my refund',
    'how are you',
  ],
  ...[
    'actually friday',
    'no, the other one',
    'make it 10512',
    'pick it up',
    'drop it off',
    'on monday',
    'tomorrow',
  ],
  ...[
    '5 Elm Street, Leeds, LS1 4AB',
    'the postcode',
    'sam at example dot com',
    'slower',
    'louder',
    'hold on',
  ],
  ...[
    'thanks',
    'something else',
    "I don't know",
    'what can you do',
    'a human please',
    'bye',
    'blorp fizz',
    '{number}',
  ],
  ...[
    "'; drop table",
    '<b>hi</b>',
    '\u202e10427',
    'é'.repeat(40),
    '9'.repeat(60),
    'constructor',
    '__proto__',
  ],
];

const step = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      say: fc.constantFrom(...LINES),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      say: fc.string({ maxLength: 60 }),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ silence: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ event: fc.constantFrom('payment_failed', 'return_started', 'scrolled') }),
  },
  { weight: 2, arbitrary: fc.record({ interrupt: fc.integer({ min: 0, max: 100 }) }) },
  { weight: 1, arbitrary: fc.record({ breaks: fc.integer({ min: 0, max: 2 }) }) },
);

const visitor = fc.record(
  {
    customerId: fc.constantFrom('cus_jane', 'cus_mateo', 'cus_amelie', 'cus_nobody_knows'),
    page: fc.constantFrom<Record<string, never> | object>(
      {},
      { order: { number: '10498' } },
      {
        return: {
          orderNumber: '10427',
          item: { name: 'Oak desk lamp' },
          startedAt: '2026-11-24',
          step: 'method',
        },
      },
      { return: 7, order: null, cart: { items: 'many' }, payment: [], 'page.url': 'https://x', page: 'no' },
    ),
  },
  { requiredKeys: [] },
);

it('answers whatever is said, never throws, and never asks the same thing three times for want of understanding', async () => {
  let turns = 0;
  await fc.assert(
    fc.asyncProperty(visitor, fc.array(step, { maxLength: 14 }), async (who, steps) => {
      shop.connector.store.reset();
      shop.connector.failures = 0;
      const { customerId, page = {} } = who;
      const known = customerId !== 'cus_nobody_knows' && customerId !== undefined;
      const call = await ShopCall.from(shop, { ...(known ? { customerId } : {}), page: page as never });
      await call.greet();
      const missed: string[] = [];
      for (const one of steps) {
        turns++;
        if ('interrupt' in one) {
          const heard = call.last.sentences.map(({ text }) => text).join(' ');
          call.conversation.interrupted(heard.slice(0, (heard.length * one.interrupt) / 100));
          missed.length = 0;
          continue;
        }
        if ('breaks' in one) {
          shop.connector.failures = one.breaks;
          continue;
        }
        if ('silence' in one) await call.silence(one.silence);
        else if ('event' in one) await call.changed({ name: one.event });
        else await call.say(one.say, { confidence: one.confidence });
        const { sentences, handoff, intent } = call.last;
        expect(sentences.length).toBeGreaterThan(0);
        for (const { text, speech } of sentences) {
          expect(text.trim()).not.toBe('');
          expect(`${text}${speech ?? ''}`).not.toMatch(/undefined|\[object|NaN/);
        }
        if (call.last.next === 'handoff') expect(handoff?.reason).toBeTruthy();
        if ('say' in one && intent?.startsWith('command.')) continue;
        if (!('say' in one)) missed.length = 0;
        const asked = sentences.at(-1)?.text ?? '';
        if (sentences[0]?.text.startsWith('Sorry, I')) missed.push(asked);
        else missed.length = 0;
        expect(missed.length, `asked again and again: ${missed.join(' | ')}`).toBeLessThan(3);
      }
      call.conversation.close();
      expect(shop.troubles).toEqual([]);
    }),
    { numRuns: 400 },
  );
  expect(turns).toBeGreaterThan(1_000);
}, 120_000);
