import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LedgerEvent, ledgerEvent, type StoredEvent } from '../../../server/ledger/event.ts';
import type { Webhook } from '../../../server/ledger/webhookRequest.ts';
import { type Post, Webhooks } from '../../../server/ledger/webhooks.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemoryLedger } from '../../fakes/ledger.ts';
import { MemoryWebhookStore } from '../../fakes/webhookStore.ts';

const hook: Webhook = {
  site: 'demo',
  name: 'analytics',
  url: 'https://analytics.example/hook',
  secret: 'a secret of these tests',
  kinds: null,
  personal: false,
};

let clock: FakeClock;
let ledger: MemoryLedger;
let store: MemoryWebhookStore;
let webhooks: Webhooks;
let answers: (number | Error)[];
let posted: Parameters<Post>[];
const onDead = vi.fn();

beforeEach(() => {
  clock = new FakeClock();
  ledger = new MemoryLedger();
  store = new MemoryWebhookStore();
  answers = [];
  posted = [];
  onDead.mockClear();
  begin(hook);
});
afterEach(() => webhooks.close());

function begin(...hooks: Webhook[]): void {
  webhooks = new Webhooks({
    hooks,
    ledger,
    store,
    clock,
    random: () => 0,
    onDead,
    post: async (...request) => {
      posted.push(request);
      const answer = answers.shift() ?? 200;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
}

const event = (n: number, fields: Partial<LedgerEvent> = {}): LedgerEvent =>
  ledgerEvent(
    {
      kind: 'turn.caller',
      site: 'demo',
      channel: 'voice',
      data: { n },
      personal: { text: 'Elm Street' },
      ...fields,
    },
    clock.epochMs(),
  );
const append = (...ns: number[]) => ledger.append(ns.map((n) => event(n)));
const eventsOf = ([, { body }]: Parameters<Post>) => (JSON.parse(body) as { events: StoredEvent[] }).events;
const delivered = () => posted.map((request) => eventsOf(request).map(({ data }) => data.n));

test('tells what happens from its first start on, in order, nothing twice', async () => {
  await append(1);
  await clock.advanceAsync(1_000);
  expect(posted).toEqual([]);
  await append(2, 3);
  await clock.advanceAsync(1_000);
  await append(4);
  await clock.advanceAsync(5_000);
  expect(delivered()).toEqual([[2, 3], [4]]);
});

test('signs as Standard Webhooks say, and tells nothing personal', async () => {
  await clock.advanceAsync(1_000);
  await append(1);
  await clock.advanceAsync(1_000);
  const [[url, { body, headers }]] = posted as [Parameters<Post>];
  expect(url).toBe(hook.url);
  expect(body).not.toContain('Elm Street');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const signature = createHmac('sha256', hook.secret).update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  expect(Number(headers['webhook-timestamp'])).toBe(Math.floor(clock.epochMs() / 1000));
});

test('tells only its kinds and its site, and what is personal where that is wanted', async () => {
  await webhooks.close();
  begin({ ...hook, kinds: ['outcome'], personal: true });
  await clock.advanceAsync(1_000);
  await ledger.append([
    event(1),
    event(2, { kind: 'outcome' }),
    event(3, { kind: 'outcome', site: 'other' }),
  ]);
  await clock.advanceAsync(2_000);
  expect(delivered()).toEqual([[2]]);
  expect(posted[0] && eventsOf(posted[0])[0]?.personal).toEqual({ text: 'Elm Street' });
});

test('waits longer after each failure, and delivers the same again', async () => {
  await clock.advanceAsync(1_000);
  await append(1);
  answers = [500, new Error('refused'), 302, 200];
  await clock.advanceAsync(60_000);
  await append(2);
  await clock.advanceAsync(2_000);
  expect(delivered()).toEqual([[1], [1], [1], [1], [2]]);
  expect(new Set(posted.slice(0, 4).map(([, { headers }]) => headers['webhook-id'])).size).toBe(1);
  expect(await webhooks.states()).toEqual([
    expect.objectContaining({ name: 'analytics', state: 'delivering', attempts: 0, problem: null }),
  ]);
});

test('gives up after many failures, says so, and begins again when it is asked', async () => {
  await clock.advanceAsync(1_000);
  await append(1);
  answers = Array.from({ length: 100 }, () => 503);
  for (let hours = 0; hours < 24 && onDead.mock.calls.length === 0; hours++)
    await clock.advanceAsync(3_600_000);
  expect(onDead).toHaveBeenCalledWith({ site: 'demo', name: 'analytics' }, 'It answered 503.');
  expect(posted).toHaveLength(20);
  expect(await webhooks.states()).toMatchObject([{ state: 'dead', problem: 'It answered 503.' }]);
  answers = [];
  await webhooks.revive(hook);
  await clock.advanceAsync(1_000);
  expect(await webhooks.states()).toMatchObject([{ state: 'delivering', attempts: 0 }]);
  await expect(webhooks.revive({ site: 'demo', name: 'none' })).rejects.toMatchObject({
    code: 'WEBHOOK_UNKNOWN',
  });
});

test('a flood goes in pieces; a later start goes on where the last one was', async () => {
  await clock.advanceAsync(1_000);
  await append(...Array.from({ length: 250 }, (_, n) => n));
  await clock.advanceAsync(1_000);
  expect(delivered().map((ns) => ns.length)).toEqual([100, 100, 50]);
  await webhooks.close();
  await append(251);
  begin(hook);
  await clock.advanceAsync(1_000);
  expect(delivered().at(-1)).toEqual([251]);
});

test('two servers do not deliver at once', async () => {
  await clock.advanceAsync(1_000);
  const other = webhooks;
  begin(hook);
  await append(1);
  await clock.advanceAsync(3_000);
  expect(delivered()).toEqual([[1]]);
  await other.close();
});

test('a database that is gone is tried again', async () => {
  await clock.advanceAsync(1_000);
  await append(1);
  ledger.fault = 'gone';
  await clock.advanceAsync(5_000);
  ledger.fault = null;
  await clock.advanceAsync(1_000);
  expect(delivered()).toEqual([[1]]);
});
