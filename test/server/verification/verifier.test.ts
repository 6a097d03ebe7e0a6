import { describe, expect, it } from 'vitest';
import { Attempts } from '../../../server/verification/attempts.ts';
import type { Level } from '../../../server/verification/level.ts';
import { Verification } from '../../../server/verification/verification.ts';
import { type VerificationPlan, Verifier } from '../../../server/verification/verifier.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { ShopConnector } from '../../fakes/connector.ts';

const PLAN: VerificationPlan = {
  identify: 'customers.identify',
  sendCode: 'customers.sendCode',
  checkAnswer: 'customers.checkPostcode',
};
const JANES_ORDER = '10498';
const AMELIES_ORDER = '10455';
const NOBODYS_ORDER = '99999';

function begin({ plan = PLAN, signedAs = null as string | null, need = 'verified' as Level } = {}) {
  const clock = new FakeClock();
  const connector = new ShopConnector(clock);
  const verification = new Verification({ clock, attempts: new Attempts(clock), onStep: () => {} });
  const proven: string[] = [];
  const verifier = new Verifier({
    verification,
    plan,
    connector,
    onProven: async (customerId) => {
      proven.push(customerId);
    },
  });
  verifier.need(need);
  const subject = { customerId: signedAs };
  const call = (operation: string, args: JsonObject) => verifier.call({ operation, args, subject });
  return {
    verification,
    proven,
    connector,
    begin: (args: JsonObject) => call('verification.begin', args),
    check: (answer: string) => call('verification.check', { answer }),
    sent: () => connector.store.records.messages.map(({ text }) => text.match(/\d{6}/)?.[0] ?? ''),
  };
}

describe('Verifier', () => {
  it('sends a code to the address that the shop knows, and proves who reads it back', async () => {
    const caller = begin();
    const asked = await caller.begin({ orderNumber: JANES_ORDER });
    expect(asked).toEqual({ method: 'oneTimeCode', reach: 'the e-mail address of that order' });
    expect(await caller.check(caller.sent()[0] ?? '')).toEqual({ done: true });
    expect(caller.proven).toEqual(['cus_jane']);
  });

  it('tells neither the code nor the customer', async () => {
    const caller = begin();
    const told = JSON.stringify(await caller.begin({ orderNumber: JANES_ORDER }));
    expect(told).not.toContain('cus_jane');
    expect(told).not.toContain(caller.sent()[0]);
  });

  it('proves nobody by a wrong code', async () => {
    const caller = begin();
    await caller.begin({ orderNumber: JANES_ORDER });
    const wrong = caller.sent()[0] === '000000' ? '111111' : '000000';
    await expect(caller.check(wrong)).rejects.toMatchObject({ code: 'CONNECTOR_REFUSED', detail: 'wrong' });
    expect(caller.proven).toEqual([]);
  });

  it('knows nobody by an order that is not there', async () => {
    await expect(begin().begin({ orderNumber: NOBODYS_ORDER })).rejects.toMatchObject({ detail: 'unknown' });
  });

  it('asks for something before an answer is worth anything', async () => {
    await expect(begin().check('123456')).rejects.toMatchObject({ detail: 'void' });
  });

  it('does not let somebody who is signed in become somebody else', async () => {
    const caller = begin({ signedAs: 'cus_mateo' });
    caller.verification.claim('cus_mateo');
    caller.verification.add('signedToken');
    await expect(caller.begin({ orderNumber: JANES_ORDER })).rejects.toMatchObject({ detail: 'unknown' });
    expect(caller.verification.reaches('verified')).toBe(true);
  });

  it('asks a signed-in customer only for what a stronger level lacks', async () => {
    const caller = begin({ signedAs: 'cus_jane', need: 'strong' });
    caller.verification.claim('cus_jane');
    caller.verification.add('signedToken');
    expect(await caller.begin({})).toMatchObject({ method: 'oneTimeCode' });
    expect(await caller.check(caller.sent()[0] ?? '')).toEqual({ done: true });
  });

  it('says that nothing would suffice where only a postcode can be asked for', async () => {
    const caller = begin({ plan: { ...PLAN, sendCode: null } });
    await expect(caller.begin({ orderNumber: JANES_ORDER })).rejects.toMatchObject({ detail: 'impossible' });
  });

  it('does not take a code of one customer for another', async () => {
    const caller = begin();
    await caller.begin({ orderNumber: AMELIES_ORDER });
    const own = caller.sent()[0] ?? '';
    await expect(caller.begin({ orderNumber: JANES_ORDER })).rejects.toMatchObject({ detail: 'impossible' });
    await expect(caller.check(own)).rejects.toMatchObject({ detail: 'void' });
    expect(caller.proven).toEqual([]);
    expect(caller.sent()).toHaveLength(1);
  });

  it('counts no answer once too many were wrong', async () => {
    const caller = begin({ need: 'recognised', plan: { ...PLAN, sendCode: null } });
    await caller.begin({ orderNumber: JANES_ORDER });
    for (let time = 0; time < 5; time += 1) {
      await expect(caller.check('AB1 2CD')).rejects.toMatchObject({ detail: 'wrong' });
    }
    await expect(caller.check('bs6 5jw')).rejects.toMatchObject({ detail: 'too_many' });
    await expect(caller.begin({})).rejects.toMatchObject({ detail: 'too_many' });
  });

  it('does not go through order numbers until one fits', async () => {
    const caller = begin();
    for (let time = 0; time < 5; time += 1) {
      await expect(caller.begin({ orderNumber: NOBODYS_ORDER })).rejects.toMatchObject({ detail: 'unknown' });
    }
    await expect(caller.begin({ orderNumber: JANES_ORDER })).rejects.toMatchObject({ detail: 'too_many' });
    expect(caller.sent()).toEqual([]);
  });

  it('never asks for a code that was not sent', async () => {
    const caller = begin();
    await caller.begin({ orderNumber: JANES_ORDER });
    const lost = begin();
    lost.connector.failures = 2;
    await expect(lost.begin({ orderNumber: JANES_ORDER })).rejects.toMatchObject({
      code: 'CONNECTOR_FAILED',
    });
    lost.connector.failures = 0;
    const call = lost.connector.call.bind(lost.connector);
    lost.connector.call = async (request) => {
      if (request.operation === 'customers.sendCode') throw new SegueError('CONNECTOR_FAILED');
      return await call(request);
    };
    await expect(lost.begin({ orderNumber: JANES_ORDER })).rejects.toMatchObject({
      code: 'CONNECTOR_FAILED',
    });
    lost.connector.call = call;
    expect(lost.verification.codePending).toBe(false);
    await lost.begin({});
    expect(lost.sent()).toHaveLength(1);
  });

  it('takes a postcode for a lower level, which makes nobody somebody', async () => {
    const caller = begin({ plan: { ...PLAN, sendCode: null }, need: 'recognised' });
    expect(await caller.begin({ orderNumber: JANES_ORDER })).toMatchObject({ method: 'knowledge' });
    await expect(caller.check('AB1 2CD')).rejects.toMatchObject({ detail: 'wrong' });
    await caller.begin({});
    expect(await caller.check('bs6 5jw')).toEqual({ done: true });
    expect(caller.proven).toEqual([]);
  });
});
