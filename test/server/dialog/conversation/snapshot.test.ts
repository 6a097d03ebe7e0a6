import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { restoreConversation } from '../../../../server/dialog/conversation/restoring.ts';
import type { Library } from '../../../../server/dialog/playbooks/playbook.ts';
import type { CallerTurn, Reply } from '../../../../server/dialog/policy.ts';
import type { JsonObject } from '../../../../shared/json.ts';
import { demoLibrary, openShop, type Shop, ShopCall, type Visitor } from '../shopCall.ts';

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
  earlier = [];
});

const turnOf = (text: string): CallerTurn => ({ text, alternatives: [], confidence: 0.95, channel: 'voice' });
const acted = (): string[] => shop.connector.requests.flatMap(({ idempotencyKey }) => idempotencyKey ?? []);
/** A call that begins forgets what was asked of the shop before it. */
let earlier: string[] = [];
const keys = (): string[] => [...earlier, ...acted()];
const throughStore = (snapshot: JsonObject): JsonObject => JSON.parse(JSON.stringify(snapshot)) as JsonObject;

/** The same conversation in another process. */
async function elsewhere(call: ShopCall, visitor = JANE): Promise<ShopCall> {
  earlier = keys();
  return ShopCall.from(shop, { ...visitor, restored: throughStore(call.conversation.snapshot()) });
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

describe('a conversation whose process is lost after every turn', () => {
  it.each(SCRIPTS)('says what it would have said: %s, %s …', async (...lines) => {
    const whole = await ShopCall.from(shop, JANE);
    await whole.greet();
    const given: Reply[] = [];
    for (const line of lines) given.push(await whole.conversation.respond(turnOf(line)));
    const done = keys().length;
    shop.connector.store.reset();
    shop.connector.requests.length = 0;

    let call = await ShopCall.from(shop, JANE);
    await call.greet();
    for (const [index, line] of lines.entries()) {
      call = await elsewhere(call);
      expect(await call.conversation.respond(turnOf(line))).toEqual(given[index]);
    }
    expect(keys()).toHaveLength(done);
  });
});

describe('a turn that two processes answer', () => {
  it('does under one key what it does', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    await call.say('cancel my order 10512');
    const again = await elsewhere(call);
    await call.say('yes');
    await again.say('yes');
    expect(keys()).toHaveLength(2);
    expect(new Set(keys()).size).toBe(1);
  });

  it('begins the same task, when it begins one', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    const again = await elsewhere(call);
    for (const one of [call, again]) {
      shop.connector.store.reset();
      await one.say('cancel my order 10512');
      await one.say('yes');
    }
    expect(keys()).toHaveLength(2);
    expect(new Set(keys()).size).toBe(1);
  });

  it('is kept as it stood before it, while it is being answered', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    await call.say('cancel my order 10512');
    const before = call.conversation.snapshot();
    const answering = call.conversation.respond(turnOf('yes'));
    await Promise.resolve();
    expect(call.conversation.snapshot()).toEqual(before);
    await answering;
    expect(call.conversation.snapshot()).not.toEqual(before);
  });
});

describe('after a break', () => {
  it('the assistant says what was not heard', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    const answer = await call.say('where is my order 10512');
    const sentences = call.last.sentences.map(({ text }) => text);
    expect(sentences.length).toBeGreaterThan(1);
    const after = await elsewhere(call);
    const said = await after.resume({ heardText: sentences[0] ?? '', callerSpoke: false });
    expect(said).toContain('As I was saying');
    expect(said).toContain(sentences.slice(1).join(' '));
    expect(said).not.toContain(sentences[0]);
    expect(answer).toContain(sentences[0]);
  });

  it('asks its open question again, and takes the answer to it', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    await call.say('cancel my order 10512');
    const question = call.last.sentences.at(-1)?.text ?? '';
    const after = await elsewhere(call);
    expect(await after.resume({ heardText: null, callerSpoke: false })).toContain(question);
    await after.say('yes');
    expect(keys()).toHaveLength(1);
  });

  it('asks a caller who was speaking to say it again, and knows what the answer is about', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    await call.say('cancel my order 10512');
    const after = await elsewhere(call);
    expect(await after.resume({ heardText: null, callerSpoke: true })).toContain('say that again');
    await after.say('yes');
    expect(keys()).toHaveLength(1);
  });

  it('ends the call when the last words were not heard', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    await call.say('goodbye');
    expect(call.last.next).toBe('hangUp');
    const after = await elsewhere(call);
    await after.resume({ heardText: '', callerSpoke: false });
    expect(after.last.next).toBe('hangUp');
  });
});

describe('a snapshot', () => {
  it('that cannot be read begins a polite conversation afresh', async () => {
    for (const restored of [{}, { state: 7 }, { tasks: 'none' }] as JsonObject[]) {
      const call = await ShopCall.from(shop, { ...JANE, restored });
      expect(await call.resume({ heardText: null, callerSpoke: false })).toMatch(/Sorry.*\?$/);
      expect(await call.say('where is my order 10512')).toContain('10512');
    }
    expect(shop.troubles).toEqual([]);
  });

  it('keeps all but the task whose playbook has gone or changed', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    await call.say('cancel my order 10512');
    await call.say('what are your opening hours');
    const library = await demoLibrary();
    const snapshot = throughStore(call.conversation.snapshot());
    const names = (restored: ReturnType<typeof restoreConversation>) =>
      restored?.tasks.history.map(({ playbook }) => playbook.name);
    expect(names(restoreConversation(snapshot, library))).toEqual(['cancel-order', 'hours']);
    expect(names(restoreConversation(snapshot, without(library, 'cancel-order')))).toEqual(['hours']);
    expect(names(restoreConversation(snapshot, withoutSlots(library, 'cancel-order')))).toEqual(['hours']);
  });

  it('drops a question that its playbook does not ask any more', async () => {
    const call = await ShopCall.from(shop, JANE);
    await call.greet();
    await call.say('cancel my order 10512');
    const snapshot = throughStore(call.conversation.snapshot());
    const restored = restoreConversation(snapshot, without(await demoLibrary(), 'cancel-order'));
    expect(restored?.state).toMatchObject({ question: null, asking: [] });
  });

  it('holds nothing that is secret', async () => {
    const call = await ShopCall.from(shop);
    await call.greet();
    await call.say('cancel my order 10512');
    await call.say('10512');
    await call.say('123456');
    expect(JSON.stringify(call.conversation.snapshot().tasks)).not.toContain('123456');
  });
});

function without(library: Library, name: string): Library {
  return { ...library, playbooks: new Map([...library.playbooks].filter(([key]) => key !== name)) };
}

function withoutSlots(library: Library, name: string): Library {
  const changed = [...library.playbooks].map(
    ([key, playbook]) => [key, key === name ? { ...playbook, slots: new Map() } : playbook] as const,
  );
  return { ...library, playbooks: new Map(changed) };
}
