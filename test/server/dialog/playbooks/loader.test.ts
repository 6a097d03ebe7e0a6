import { describe, expect, it } from 'vitest';
import { compileLibrary } from '../../../../server/dialog/playbooks/loader.ts';
import { SegueError } from '../../../../shared/errors.ts';
import { demoLibrary } from '../shopCall.ts';

const SITE = `site: Test
assistant: Ada
language: en
time_zone: Europe/London
operations:
  orders.find: { kind: look_up, needs: anyone, refuses: [not_found] }
greeting:
  hello: Hi.
  question: How can I help?
hand_over: orders
`;

const ORDERS = `playbook: orders
about: your order
intents:
  order.status: [where is my order]
values:
  number: { is: data.order.number, as: digits }
slots:
  orderNumber:
    type: number
    ask: Which number?
steps:
  - ask: orderNumber
  - look_up: orders.find
    with: { number: slots.orderNumber }
  - say: status
replies:
  status: "Order {number} is here."
`;

function problemsOf(orders: string, site = SITE): string[] {
  try {
    compileLibrary([
      { name: 'site.yaml', text: site },
      { name: 'orders.yaml', text: orders },
    ]);
  } catch (error) {
    expect(error).toBeInstanceOf(SegueError);
    expect((error as SegueError).code).toBe('PLAYBOOK_INVALID');
    return (error as SegueError).detail?.split('\n').slice(1) ?? [];
  }
  return [];
}

/** What is changed in a good playbook → what is reported, all of it. */
const BROKEN: Record<string, [from: string, to: string, problems: string[]]> = {
  'an unknown key': [
    'about: your order',
    'about: your order\nanswers: {}',
    [
      'orders.yaml:3:1 unknown key `answers` (expected one of: playbook, about, unfinished, intents, values, slots, greeting, events, refused, replies, steps)',
    ],
  ],
  'a misspelt key': ['values:', 'vaules:', ['orders.yaml:5:1 unknown key `vaules` (did you mean `values`?)']],
  'a misspelt key inside a slot': [
    '    ask: Which number?',
    '    ask: Which number?\n    digit: 5',
    ['orders.yaml:11:5 unknown key `digit` (did you mean `digits`?)'],
  ],
  'a misspelt key inside a value': [
    'as: digits }',
    'a: digits }',
    ['orders.yaml:6:36 unknown key `a` (did you mean `as`?)'],
  ],
  'an unknown slot type': [
    'type: number',
    'type: numbre',
    [
      'orders.yaml:9:11 `slots.orderNumber.type`: `numbre` is not known (expected one of: number, date, amount, email, yesNo, choice, address, text) (did you mean `number`?)',
    ],
  ],
  'a missing question': [
    '    ask: Which number?\n',
    '',
    ['orders.yaml:9:5 `slots.orderNumber.ask`: is missing (expected a value)'],
  ],
  'an unknown operation': [
    'look_up: orders.find',
    'look_up: order.find',
    [
      "orders.yaml:13:14 operation `order.find` is not declared in the site's `operations` (did you mean `orders.find`?)",
      'site.yaml:6:3 no playbook calls `orders.find`',
    ],
  ],
  'a look-up that is called as an action': [
    'look_up: orders.find',
    'do: orders.find',
    ['orders.yaml:13:9 `orders.find` is a look-up (expected `look_up:`)'],
  ],
  'an unknown slot in a step': [
    '- ask: orderNumber',
    '- ask: orderNumbr',
    [
      'orders.yaml:8:3 no step asks for the slot `orderNumber`',
      'orders.yaml:12:10 no slot is called `orderNumbr` (did you mean `orderNumber`?)',
    ],
  ],
  'an unknown slot in an expression': [
    'slots.orderNumber }',
    'slots.orderNumbre }',
    ['orders.yaml:14:21 no slot is called `slots.orderNumbre` (did you mean `orderNumber`?)'],
  ],
  'an unknown reply': [
    '- say: status',
    '- say: statsu',
    [
      'orders.yaml:15:10 no reply is called `statsu` (did you mean `status`?)',
      'orders.yaml:17:3 no step says the reply `status`',
    ],
  ],
  'an unused reply': ['replies:', 'replies:\n  bye: Bye.', ['orders.yaml:17:3 no step says the reply `bye`']],
  'an unknown value in a message': [
    'Order {number} is here.',
    'Order {nubmer} is here.',
    [
      'orders.yaml:6:3 no reply uses the value `number`',
      'orders.yaml:17:18 nothing is called `{nubmer}` (did you mean `number`?)',
    ],
  ],
  'a broken ICU message': [
    'Order {number} is here.',
    'Order {number is here.',
    [
      'orders.yaml:6:3 no reply uses the value `number`',
      'orders.yaml:17:18 is no ICU message: MALFORMED_ARGUMENT',
    ],
  ],
  'a broken expression': [
    '- say: status',
    '- say: status\n    when: data.order.status = "x"',
    ['orders.yaml:16:29 is no expression: Unexpected character: = (expected CEL)'],
  ],
  'an unknown variable in an expression': [
    '- say: status',
    '- say: status\n    when: order.status == "x"',
    ['orders.yaml:16:11 is no expression: Unknown variable: order (expected CEL)'],
  ],
  'missing examples': [
    'order.status: [where is my order]',
    'order.status: []',
    ['orders.yaml:4:17 `intents.order.status` has no examples (expected a list of phrases)'],
  ],
  'a refusal that the operation never gives': [
    '    with: { number: slots.orderNumber }',
    '    with: { number: slots.orderNumber }\n    refused: { not_fond: status }',
    ['orders.yaml:15:16 `orders.find` never refuses with `not_fond` (did you mean `not_found`?)'],
  ],
  'a step that does nothing known': [
    '- say: status',
    '- says: status',
    [
      'orders.yaml:15:5 a step says nothing to do (expected one of: look_up, do, ask, confirm, say, sign_in, hand_over, done, steps) (did you mean `say`?)',
      'orders.yaml:17:3 no step says the reply `status`',
    ],
  ],
  'broken YAML': [
    'about: your order',
    'about: "your order',
    ['orders.yaml:2:19 Missing closing "quote (expected valid YAML)'],
  ],
};

describe('the loader', () => {
  it('accepts the demo', async () => {
    const { playbooks } = await demoLibrary();
    expect(playbooks.size).toBeGreaterThanOrEqual(7);
  });

  it('accepts a good playbook', () => {
    expect(problemsOf(ORDERS)).toEqual([]);
  });

  for (const [name, [from, to, problems]] of Object.entries(BROKEN)) {
    it(`reports ${name} where it stands`, () => {
      expect(ORDERS).toContain(from);
      expect(problemsOf(ORDERS.replace(from, to))).toEqual(problems);
    });
  }

  it('reports everything at once', () => {
    const broken = ORDERS.replace('type: number', 'type: number\n    again: "{x"').replace(
      '- say: status',
      '- say: nothing',
    );
    expect(problemsOf(broken).length).toBeGreaterThanOrEqual(3);
  });

  it('reports two playbooks that share an intent', () => {
    const twice = { name: 'more.yaml', text: ORDERS.replace('playbook: orders', 'playbook: more') };
    expect(() =>
      compileLibrary([{ name: 'site.yaml', text: SITE }, { name: 'orders.yaml', text: ORDERS }, twice]),
    ).toThrow(
      /orders\.yaml:4:3 intent `order\.status` is in more\.yaml already|more\.yaml:4:3 intent `order\.status` is in orders\.yaml already/,
    );
  });

  it('reports a wording that lacks a language of the site', () => {
    const site = SITE.replace('language: en', 'language: en\nlanguages: [en, fr]')
      .replace('hello: Hi.', 'hello: { en: Hi., fr: Bonjour. }')
      .replace('question: How can I help?', 'question: { en: How?, fr: Comment ? }');
    expect(problemsOf(ORDERS, site)).toContain(
      'orders.yaml:2:8 `about` has no words in `fr` (expected them by language)',
    );
  });

  it('reports a site without its hand-over playbook', () => {
    expect(problemsOf(ORDERS, SITE.replace('hand_over: orders', 'hand_over: ordres'))).toEqual([
      'site.yaml:10:12 no playbook is called `ordres` (did you mean `orders`?)',
    ]);
  });

  it('reports a call-back playbook that is none', () => {
    expect(problemsOf(ORDERS, `${SITE.trimEnd()}\ncall_back: order\n`)).toEqual([
      expect.stringMatching(/no playbook is called `order` \(did you mean `orders`\?\)/),
    ]);
  });

  it('reports a folder without a site', () => {
    expect(() => compileLibrary([{ name: 'orders.yaml', text: ORDERS }])).toThrow(
      /no file describes the site/,
    );
  });
});
