import { describe, expect, it } from 'vitest';
import { Session } from '../../../server/context/session.ts';
import type { VerificationStep } from '../../../server/verification/verification.ts';
import { type Signs, Verifiers } from '../../../server/verification/verifiers.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { ShopConnector } from '../../fakes/connector.ts';

function open(customerId: string | null, signsOf?: () => Signs) {
  const clock = new FakeClock();
  const connector = new ShopConnector(clock);
  const steps: VerificationStep[] = [];
  const proven: string[] = [];
  const verifiers = new Verifiers({
    clock,
    siteOf: (key) =>
      key === 'demo'
        ? {
            plan: { identify: 'customers.identify', sendCode: 'customers.sendCode', checkAnswer: null },
            connector,
          }
        : null,
    onProven: async (session) => proven.push(session.subject.customerId ?? ''),
    onStep: (_, step) => steps.push(step),
    ...(signsOf && { signsOf }),
  });
  const session = new Session({ id: 'ses_1', siteKey: 'demo', language: 'en', clock });
  if (customerId) session.identify(customerId, {});
  return { verifiers, session, connector, steps, proven, clock };
}

describe('Verifiers', () => {
  it('begin with what the session has proven', () => {
    expect(open('cus_jane').verifiers.of(open('cus_jane').session)?.level).toBe('verified');
    expect(open(null).verifiers.of(open(null).session)?.level).toBe('anyone');
  });

  it('keep what was shown for the next contact of the session', async () => {
    const { verifiers, session, connector, proven } = open(null);
    const subject = { customerId: null };
    await verifiers
      .of(session)
      ?.call({ operation: 'verification.begin', args: { orderNumber: '10498' }, subject });
    const answer = connector.store.records.messages.at(-1)?.text.match(/\d{6}/)?.[0] ?? '';
    await verifiers.of(session)?.call({ operation: 'verification.check', args: { answer }, subject });
    expect(verifiers.of(session)?.level).toBe('verified');
    expect(session.subject).toEqual({ customerId: 'cus_jane' });
    expect(proven).toEqual(['cus_jane']);
  });

  it('count what is known of a person only for who has been proven to be that person', () => {
    const signs = () => ({ hints: ['knownDevice'] as const, strangeDevice: false });
    expect(open('cus_jane', signs).verifiers.of(open('cus_jane', signs).session)?.explain()).toMatchObject({
      evidence: [{ kind: 'signedToken' }, { kind: 'knownDevice' }],
    });
    expect(open(null, signs).verifiers.of(open(null, signs).session)?.explain()).toMatchObject({
      evidence: [],
    });
  });

  it('do not let the failures on one site count on another', async () => {
    const clock = new FakeClock();
    const connector = new ShopConnector(clock);
    const plan = { identify: 'customers.identify', sendCode: 'customers.sendCode', checkAnswer: null };
    const verifiers = new Verifiers({
      clock,
      siteOf: () => ({ plan, connector }),
      onProven: async () => {},
      onStep: () => {},
    });
    const begin = async (siteKey: string, id: string) => {
      const session = new Session({ id, siteKey, language: 'en', clock });
      const request = { args: { orderNumber: '10498' }, subject: session.subject };
      return await verifiers.of(session)?.call({ operation: 'verification.begin', ...request });
    };
    for (const id of ['a', 'b', 'c', 'd']) await begin('demo', id);
    await expect(begin('demo', 'e')).rejects.toMatchObject({ detail: 'impossible' });
    expect(await begin('other', 'f')).toMatchObject({ method: 'oneTimeCode' });
  });

  it('limit what is tried over all servers', async () => {
    const clock = new FakeClock();
    const connector = new ShopConnector(clock);
    const plan = { identify: 'customers.identify', sendCode: 'customers.sendCode', checkAnswer: null };
    const server = (others: Verifiers[]) => {
      return new Verifiers({
        clock,
        siteOf: () => ({ plan, connector }),
        onProven: async () => {},
        onStep: () => {},
        onAttempt: (...attempt) => {
          expect(attempt).toEqual(['demo', 'cus_jane', 'code']);
          for (const one of others) one.attempted(...attempt);
        },
      });
    };
    const other = server([]);
    const here = server([other]);
    const begin = async (verifiers: Verifiers, id: string) => {
      const session = new Session({ id, siteKey: 'demo', language: 'en', clock });
      const request = { args: { orderNumber: '10498' }, subject: session.subject };
      return await verifiers.of(session)?.call({ operation: 'verification.begin', ...request });
    };
    for (const id of ['a', 'b', 'c']) await begin(here, id);
    expect(await begin(other, 'd')).toMatchObject({ method: 'oneTimeCode' });
    await expect(begin(other, 'e')).rejects.toMatchObject({ detail: 'impossible' });
    await clock.advanceAsync(3_600_001);
    expect(await begin(other, 'f')).toMatchObject({ method: 'oneTimeCode' });
  });

  it('are absent on a site where callers cannot prove anything', () => {
    const { verifiers, clock } = open(null);
    const elsewhere = new Session({ id: 'ses_2', siteKey: 'other', language: 'en', clock });
    expect(verifiers.of(elsewhere)).toBeNull();
  });
});
