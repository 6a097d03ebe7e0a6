import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stage } from '../stage.ts';
import { WrittenContact } from '../thread/written.ts';
import {
  CHANNEL_KEY,
  clusterMissing,
  openCluster,
  readiness,
  statusOf,
  type TestCluster,
} from './cluster.ts';

const LIMIT = { timeout: 20_000, interval: 50 };

async function write(stage: Stage, thread: string, text: string): Promise<string> {
  const response = await fetch(`${stage.server}/v1/channels/message/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${CHANNEL_KEY}` },
    body: JSON.stringify({ site: 'demo', thread, text, customerId: 'cus_jane' }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { text: string }).text;
}

type Kept = { kind: string; contactId: string; data: { reason?: string }; personal: { text?: string } };

async function ledger(stage: Stage): Promise<Kept[]> {
  const { events } = (await stage.read('/v1/customers/cus_jane/ledger?site=demo&limit=500')) as {
    events: Kept[];
  };
  return events;
}

describe.skipIf(clusterMissing)('two servers with one PostgreSQL and one Redis', () => {
  let cluster: TestCluster;
  let one: Stage;
  let other: Stage;
  beforeAll(async () => {
    cluster = await openCluster();
    [one, other] = cluster.servers;
  });
  afterAll(() => cluster?.close());

  test('know of each other', async () => {
    await expect
      .poll(async () => (await readiness(one)).parts.cluster, LIMIT)
      .toEqual({ ok: true, detail: '1 other server.' });
    expect((await readiness(other)).parts.cluster?.ok).toBe(true);
    expect(await (await fetch(`${one.server}/metrics`)).text()).toContain('segue_cluster_servers 2');
  });

  test('a call on one ends the same customer’s messages on the other', async () => {
    await write(other, 'thread-1', 'where is my order 10498');
    const before = (await ledger(one)).filter(({ data }) => data.reason === 'closed').length;
    const call = await WrittenContact.begin(one, { customer: 'cus_jane' });
    await call.greeting();
    await expect
      .poll(async () => (await ledger(one)).filter(({ data }) => data.reason === 'closed').length, LIMIT)
      .toBeGreaterThan(before);
    await call.hangUp();
  });

  test('codes that one has sent in a customer’s name count on the other', async () => {
    const codeFrom = async (stage: Stage): Promise<string> => {
      const contact = await WrittenContact.begin(stage);
      await contact.greeting();
      await contact.say('what is the status of my return');
      const said = await contact.say('10455');
      await contact.hangUp();
      return said;
    };
    const answers: string[] = [];
    for (const stage of [one, one, one, one, other]) answers.push(await codeFrom(stage));
    expect(answers).toEqual([
      ...Array.from({ length: 4 }, () => expect.stringMatching(/code/)),
      expect.not.stringMatching(/code/),
    ]);
  });

  test('Redis is gone in the middle of a call: it goes on, and the servers find each other again', async () => {
    const call = await WrittenContact.begin(one, { customer: 'cus_jane' });
    await call.greeting();
    const status = statusOf(await readiness(one));
    await cluster.redis.stop();
    await expect.poll(async () => (await readiness(one)).parts.cluster?.ok, LIMIT).toBe(false);
    expect(await call.say('what are your opening hours')).not.toBe('');
    expect((await readiness(one)).status).toBe(status);
    await cluster.redis.start();
    await expect
      .poll(async () => (await readiness(one)).parts.cluster, LIMIT)
      .toEqual({ ok: true, detail: '1 other server.' });
    expect(await call.say('where is my order 10498')).toContain('10498');
    await call.hangUp();
  });

  test('Redis is frozen in the middle of a call: nobody waits for it', async () => {
    const call = await WrittenContact.begin(one, { customer: 'cus_jane' });
    await call.greeting();
    cluster.redis.freeze();
    try {
      expect(await call.say('what are your opening hours')).not.toBe('');
      await expect.poll(async () => (await readiness(one)).parts.cluster?.ok, LIMIT).toBe(false);
      expect(await call.say('where is my order 10498')).toContain('10498');
    } finally {
      cluster.redis.thaw();
    }
    await expect.poll(async () => (await readiness(one)).parts.cluster?.ok, LIMIT).toBe(true);
    await call.hangUp();
  });

  test('PostgreSQL is gone in the middle of a call: it goes on, and what was acknowledged is kept', async () => {
    const call = await WrittenContact.begin(one, { customer: 'cus_jane' });
    await call.greeting();
    const text = 'and where is my order 10498';
    const kept = async () => (await ledger(other)).filter(({ personal }) => personal.text === text).length;
    const before = await kept();
    const status = statusOf(await readiness(one));
    await cluster.postgres.stop();
    expect(await call.say(text)).toContain('10498');
    await expect.poll(async () => (await readiness(one)).parts.ledger?.ok, LIMIT).toBe(false);
    expect((await readiness(one)).status).toBe(status);
    await cluster.postgres.start();
    await expect.poll(kept, LIMIT).toBe(before + 1);
    await expect.poll(async () => (await readiness(one)).parts.ledger?.ok, LIMIT).toBe(true);
    expect(await kept()).toBe(before + 1);
    await call.hangUp();
  });
});
