import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { returnOfYesterday } from '../returnOfYesterday.ts';
import { openStage, type Stage } from '../stage.ts';
import { THREAD_DATABASES, type ThreadDatabase } from './databases.ts';
import { openSession, WrittenContact } from './written.ts';

const ADDRESS = ['I want to change the delivery address', '10512'];

let stage: Stage;

let browsers = 0;
const browser = (): string => `browser-${++browsers}-of-the-thread-test`;

async function talk(visit: Parameters<typeof WrittenContact.begin>[1], lines: string[]): Promise<string[]> {
  const contact = await WrittenContact.begin(stage, visit);
  const said = [await contact.greeting()];
  for (const line of lines) said.push(await contact.say(line));
  await contact.hangUp();
  return said;
}

describe.each(THREAD_DATABASES)("a customer's thread in $name, from outside", ({ missing, open }) => {
  let database: ThreadDatabase;
  beforeAll(async () => {
    if (missing) return;
    database = await open();
    stage = await openStage(database.env);
  });
  afterAll(async () => {
    if (missing) return;
    await stage?.close();
    await database?.close();
  });
  beforeEach(({ skip }) => skip(missing !== null, missing ?? ''));

  test('a change of address that was broken off is finished in the next contact', async () => {
    const jane = { customer: 'cus_jane', visitor: browser() };
    const first = await talk(jane, [...ADDRESS, 'twelve oak road in bristol']);
    expect(first.at(-1)).toMatch(/postcode/);
    const second = await talk(jane, ['yes', 'BS1 4ST', 'yes']);
    expect(second[0]).toMatch(/Last time we were busy with the delivery address of order 10512\. Shall/);
    expect(second[1]).toMatch(/postcode/);
    expect(second[3]).toMatch(/^Done\./);
    const third = await talk(jane, []);
    expect(third[0]).not.toMatch(/Last time/);
  });

  test('the page of somebody who only claims to be Jane gets nothing of hers', async () => {
    await talk({ customer: 'cus_jane', visitor: browser() }, ADDRESS);
    const claims = { customer: { id: 'cus_jane', email: 'jane@example.com' }, 'memory.contacts': 9 };
    const said = await talk({ context: claims, visitor: browser() }, []);
    expect(said[0]).not.toMatch(/Last time|Jane/);
  });

  test('a shared browser tells the next visitor nothing, nor another user', async () => {
    const shared = { visitor: browser(), device: browser() };
    await talk({ customer: 'cus_jane', ...shared }, ADDRESS);
    expect((await talk(shared, []))[0]).not.toMatch(/Last time|Jane|10512/);
    expect((await talk({ customer: 'cus_mateo', ...shared }, []))[0]).not.toMatch(/Last time|Jane|10512/);
  });

  test('what an anonymous visitor began goes on when they have signed in', async () => {
    const visitor = browser();
    const first = await talk({ visitor }, ['I want to change the delivery address']);
    expect(first[1]).toMatch(/check who you are/);
    const second = await talk({ customer: 'cus_amelie', visitor, lang: 'en' }, []);
    expect(second[0]).toMatch(/Last time we were busy with the delivery address/);
  });

  test('a wish for another language holds in the next contact', async () => {
    const mateo = { customer: 'cus_mateo', visitor: browser() };
    const first = await talk({ ...mateo, lang: 'en' }, ['could we speak Spanish please']);
    expect(first[1]).toMatch(/only speak English.*remember/);
    const next = await WrittenContact.begin(stage, { ...mateo, lang: 'auto' });
    await next.greeting();
    const { language } = (await stage.read(`/v1/sessions/${next.session.sessionId}/context`)) as {
      language: string;
    };
    expect(language).toBe('es');
    await next.hangUp();
  });

  test('a stranger proves by a code who they are, and the decision can be explained', async () => {
    const stranger = await WrittenContact.begin(stage, { visitor: browser() });
    await stranger.greeting();
    expect(await stranger.say('I want to change the delivery address')).toMatch(/check who you are.*order/);
    expect(await stranger.say('10455')).toMatch(/code of six digits/);
    expect(await stranger.say('000000')).toMatch(/not the code/);
    const office = await (await fetch(`${stage.shop}/back-office`)).text();
    const [, code = ''] = office.match(/voice assistant: (\d{6})/) ?? [];
    expect(await stranger.say(code)).toMatch(/that's you.*(new address|postcode|Is that right)/);
    await stranger.hangUp();
    const { events } = (await stage.read('/v1/customers/cus_amelie/ledger?site=demo&limit=500')) as {
      events: { kind: string; data: Record<string, unknown> }[];
    };
    const steps = events.filter(({ kind }) => kind === 'verification').map(({ data }) => data);
    expect(steps).toContainEqual({
      method: 'oneTimeCode',
      outcome: 'right',
      level: 'verified',
      points: 55,
      risk: 5,
      evidence: [{ kind: 'oneTimeCode', points: 60 }],
    });
    expect(JSON.stringify(steps)).not.toContain(code);
  });

  test('a return that was begun on the page yesterday is named and finished today', async () => {
    const said = await talk({ customer: 'cus_jane', context: returnOfYesterday(), visitor: browser() }, [
      'no, I want to finish my return',
    ]);
    expect(said[1]).toMatch(/pick it up, or will you drop it off|Last time/);
  });

  test('an erasure during a contact is at once, and the contact goes on', async () => {
    const mateo = { customer: 'cus_mateo', visitor: browser(), lang: 'en' };
    await talk(mateo, ['I want to change the delivery address']);
    const memory = (await stage.read('/v1/customers/cus_mateo/memory')) as {
      memory: { unfinished: unknown[] };
    };
    expect(memory.memory.unfinished).toHaveLength(1);
    const contact = await WrittenContact.begin(stage, mateo);
    expect(await contact.greeting()).toMatch(/Last time/);
    const erased = await fetch(`${stage.server}/v1/customers/cus_mateo`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${stage.adminKey}` },
    });
    expect(erased.status).toBe(200);
    const unknown = { error: { code: 'CALL_UNKNOWN' } };
    expect(await stage.read(`/v1/calls/${contact.callId}`)).toMatchObject(unknown);
    expect(await contact.say('yes')).toMatch(/Which order|number/);
    await contact.hangUp();
    expect(await stage.read(`/v1/calls/${contact.callId}`)).toMatchObject(unknown);
    await expect(stage.timeline(contact.callId)).rejects.toThrow('404');
    expect(await stage.read('/v1/customers/cus_mateo/memory')).toMatchObject({
      error: { code: 'CUSTOMER_UNKNOWN' },
    });
    expect((await talk(mateo, []))[0]).not.toMatch(/Last time/);
  });

  test('forged and expired identities, and odd ids, are refused', async () => {
    await expect(openSession(stage, { identity: 'e30.e30.x' })).rejects.toThrow('IDENTITY_INVALID');
    await expect(openSession(stage, { visitor: '<script>' })).rejects.toThrow('BAD_REQUEST');
  });
});
