import { expect, test } from 'vitest';
import { Session } from '../../../server/context/session.ts';
import type { Connector, ConnectorRequest } from '../../../server/records/connector.ts';
import { Verifiers } from '../../../server/verification/verifiers.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { FakeClock } from '../../fakes/clock.ts';

const clock = new FakeClock();
const codeKey = new TextEncoder().encode('the key that all processes have');

/** The verifiers of one process. */
function processOf(key = codeKey) {
  const sent: string[] = [];
  const connector: Connector = {
    name: 'shop',
    async call({ operation, args }: ConnectorRequest): Promise<JsonObject> {
      if (operation === 'send') sent.push(String(args.code));
      return operation === 'identify' ? { customerId: 'cus_jane', reach: 'your e-mail address' } : {};
    },
    close: async () => {},
  };
  const verifiers = new Verifiers({
    clock,
    siteOf: () => ({ plan: { identify: 'identify', sendCode: 'send', checkAnswer: null }, connector }),
    onProven: async () => {},
    onStep: () => {},
    codeKey: key,
  });
  const session = new Session({ id: 'ses_1', siteKey: 'demo', language: 'en', clock });
  const ask = (operation: string, args: JsonObject) =>
    verifiers.of(session)?.call({ operation, args, subject: session.subject }) as Promise<JsonObject>;
  return { verifiers, session, sent, ask };
}

const throughStore = (snapshot: JsonObject): JsonObject => JSON.parse(JSON.stringify(snapshot)) as JsonObject;

async function asked() {
  const before = processOf();
  await before.ask('verification.begin', { orderNumber: '10427' });
  const snapshot = throughStore(before.verifiers.snapshot(before.session));
  return { code: before.sent[0] ?? '', snapshot };
}

test('a code that was sent is taken by the process that goes on, and not kept in the clear', async () => {
  const { code, snapshot } = await asked();
  expect(JSON.stringify(snapshot)).not.toContain(code);
  const after = processOf();
  after.verifiers.restore(after.session, snapshot);
  const wrong = code === '000000' ? '111111' : '000000';
  await expect(after.ask('verification.check', { answer: wrong })).rejects.toMatchObject({ detail: 'wrong' });
  expect(await after.ask('verification.check', { answer: code })).toEqual({ done: true });
  expect(after.session.subject).toEqual({ customerId: 'cus_jane' });
});

test('what was proven still is, and no more than that', async () => {
  const { code, snapshot } = await asked();
  const one = processOf();
  one.verifiers.restore(one.session, snapshot);
  await one.ask('verification.check', { answer: code });
  const level = one.verifiers.of(one.session)?.level;
  const two = processOf();
  two.session.adopt(one.session.snapshot());
  two.verifiers.restore(two.session, throughStore(one.verifiers.snapshot(one.session)));
  expect([level, two.verifiers.of(two.session)?.level]).toEqual(['verified', 'verified']);
  expect(two.verifiers.of(two.session)?.explain()).toEqual(one.verifiers.of(one.session)?.explain());
});

test('a code is nothing to a process with another key, and what cannot be read is nothing', async () => {
  const { code, snapshot } = await asked();
  const other = processOf(new TextEncoder().encode('another key'));
  other.verifiers.restore(other.session, snapshot);
  await expect(other.ask('verification.check', { answer: code })).rejects.toMatchObject({ detail: 'wrong' });
  const broken = processOf();
  broken.verifiers.restore(broken.session, { verification: 'none' });
  expect(broken.verifiers.of(broken.session)?.level).toBe('anyone');
});
