import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Conversation, Reply } from '../../../server/dialog/policy.ts';
import { Attempts } from '../../../server/verification/attempts.ts';
import { Verification } from '../../../server/verification/verification.ts';
import { Verifier } from '../../../server/verification/verifier.ts';
import { Person } from '../../fakes/person.ts';
import { demoLibrary, openShop, type Shop } from './shopCall.ts';

const MINUTE_MS = 60_000;
const MATEOS_RETURN = 'where is my refund';
const OPEN_ORDER = '1 0 5 1 2';
const JANES_ORDER = '1 0 4 9 8';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.policy.close());

/** A caller whom nobody knows, and who can prove who they are. */
async function stranger() {
  shop.connector.store.reset();
  const { verification: way } = (await demoLibrary()).site;
  if (!way) throw new Error('The demo verifies callers.');
  const { clock, connector } = shop;
  const subject: { customerId: string | null } = { customerId: null };
  const verifier = new Verifier({
    verification: new Verification({ clock, attempts: new Attempts(clock), onStep: () => {} }),
    plan: way.plan,
    connector,
    onProven: async (customerId) => {
      subject.customerId = customerId;
    },
  });
  const person = new Person(clock);
  const open = () => {
    const thread = person.contact('voice');
    const session = { siteName: 'Lumen & Oak', language: 'en', subject, verifier };
    return {
      thread,
      conversation: shop.policy.open({ ...session, facts: () => ({}), events: () => [] }, thread),
    };
  };
  const { thread, conversation } = open();
  return { conversation, subject, verifier, person, thread, open };
}

async function say(conversation: Conversation, text: string): Promise<string> {
  const reply: Reply = await conversation.respond({
    text,
    alternatives: [text],
    confidence: 0.9,
    channel: 'voice',
  });
  return reply.sentences.map((sentence) => sentence.text).join(' ');
}

const sentCode = () => shop.connector.store.records.messages.at(-1)?.text.match(/\d{6}/)?.[0] ?? '';
const spoken = (code: string) => [...code].join(' ');

describe('a caller who has not signed in', () => {
  it('proves who they are by a code, and what they wanted goes on by itself', async () => {
    const { conversation, subject } = await stranger();
    expect(await say(conversation, 'I want to cancel my order')).toMatch(/number/);
    expect(await say(conversation, JANES_ORDER)).toMatch(/code of six digits to the e-mail address/);
    expect(await say(conversation, spoken(sentCode()))).toMatch(/Thank you, that's you\..*10498/);
    expect(subject.customerId).toBe('cus_jane');
  });

  it('hears nothing private and changes nothing before that', async () => {
    const { conversation, subject } = await stranger();
    await say(conversation, 'I want to cancel my order');
    const asked = await say(conversation, JANES_ORDER);
    const refused = await say(conversation, spoken(sentCode() === '000000' ? '111111' : '000000'));
    expect(refused).toMatch(/not the code.*six digits/);
    expect(`${asked} ${refused}`).not.toMatch(/jane|larch|lamp/i);
    expect(subject.customerId).toBeNull();
    expect(shop.connector.store.order('10498')?.status).not.toBe('cancelled');
  });

  it('never hears the code said back', async () => {
    const { conversation } = await stranger();
    await say(conversation, 'I want to cancel my order');
    await say(conversation, JANES_ORDER);
    const code = sentCode();
    expect((await say(conversation, spoken(code))).replaceAll(/\D/g, '')).not.toContain(code);
  });

  it('leaves neither the code nor the task of proving in what is written down', async () => {
    const { conversation, person } = await stranger();
    await say(conversation, 'I want to cancel my order');
    await say(conversation, JANES_ORDER);
    const code = sentCode();
    await say(conversation, spoken(code));
    const { handoff } = await conversation.respond({
      text: 'I want to speak to a human',
      alternatives: [],
      confidence: 1,
      channel: 'text',
    });
    const written = JSON.stringify([person.events, handoff ?? null, shop.connector.store.records.tickets]);
    expect(person.events.map(({ kind }) => kind)).toContain('slot');
    expect(written).not.toContain(code);
  });

  it('is asked again when the proof has decayed in the middle of a task', async () => {
    const { conversation } = await stranger();
    await say(conversation, 'I want to change the delivery address');
    await say(conversation, OPEN_ORDER);
    expect(await say(conversation, spoken(sentCode()))).toMatch(/new address/);
    shop.clock.advance(60 * MINUTE_MS);
    expect(await say(conversation, '12 oak road in bristol')).toMatch(/code of six digits/);
    expect(await say(conversation, spoken(sentCode()))).toMatch(/that's you.*postcode/);
  });

  it('hears nothing of earlier contacts once the proof has decayed', async () => {
    const { conversation, thread, open } = await stranger();
    await say(conversation, 'I want to change the delivery address');
    await say(conversation, '1 0 5 1 2');
    await say(conversation, spoken(sentCode()));
    thread.end();
    shop.clock.advance(60 * MINUTE_MS);
    const { sentences } = await open().conversation.greet();
    expect(sentences.map(({ text }) => text).join(' ')).not.toMatch(/10512|larch|jane/i);
  });

  it('gets a colleague, and no further guesses, after three wrong codes', async () => {
    const { conversation, subject } = await stranger();
    await say(conversation, 'I want to cancel my order');
    await say(conversation, OPEN_ORDER);
    const wrong = ['000000', '111111', '222222', '333333'].filter((code) => code !== sentCode());
    const replies: string[] = [];
    for (const code of wrong.slice(0, 3)) replies.push(await say(conversation, spoken(code)));
    expect(replies.join(' ')).toMatch(/colleague|sign in/i);
    expect(subject.customerId).toBeNull();
  });

  it('is told to sign in when the order is nobody’s', async () => {
    const { conversation } = await stranger();
    await say(conversation, MATEOS_RETURN);
    expect(await say(conversation, '9 9 9 9 9')).toMatch(/can't find an order/);
  });
});
