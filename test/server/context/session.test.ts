import { describe, expect, test } from 'vitest';
import { namingHandle } from '../../../server/context/people/people.ts';
import { Session } from '../../../server/context/session.ts';
import { FakeClock } from '../../fakes/clock.ts';

const open = (clock = new FakeClock()): Session =>
  new Session({ id: 'ses_1', siteKey: 'demo', language: 'en', clock });

describe('a session', () => {
  test('keeps each fact with its source and time', () => {
    const clock = new FakeClock();
    const session = open(clock);
    clock.advance(1_500);
    session.mergeClaims({ cart: { totalCents: 100 } });
    expect(session.facts()).toEqual({
      cart: { value: { totalCents: 100 }, source: 'page', observedAt: clock.epochMs() },
    });
  });

  test('believes what is signed over what a page claims, whichever comes first', () => {
    const session = open();
    session.identify('cus_1', { 'customer.name': 'Jane' });
    session.mergeClaims({ 'customer.name': 'Somebody else' });
    expect(session.facts()['customer.name']).toMatchObject({ value: 'Jane', source: 'signed' });
    expect(session.subject).toEqual({ customerId: 'cus_1' });
  });

  test('that is proven forgets what its browser is remembered for, and keeps a signature', () => {
    const clock = new FakeClock();
    const stranger = open(clock);
    stranger.learn('inferred', { 'memory.contacts': 3 });
    stranger.prove('cus_1');
    expect(stranger.facts()['memory.contacts']).toBeUndefined();
    expect(stranger.handles).toEqual([namingHandle('user', 'cus_1', 'code')]);
    const handles = [namingHandle('user', 'cus_1', 'signed')];
    const customer = new Session({ id: 'ses_2', siteKey: 'demo', language: 'en', handles, clock });
    customer.identify('cus_1', {});
    customer.prove('cus_1');
    expect(customer.handles).toEqual(handles);
  });

  test('is not identified by a claim', () => {
    const session = open();
    session.mergeClaims({ 'customer.id': 'cus_1' });
    expect(session.subject).toEqual({ customerId: null });
  });

  test('forgets claims that a replaced context no longer makes, and keeps the page', () => {
    const session = open();
    session.viewPage({ url: 'https://shop/a', title: 'A', referrer: '', language: 'en' });
    session.replaceClaims({ cart: 1, order: 2 });
    session.replaceClaims({ order: 3 });
    expect(Object.keys(session.facts()).sort()).toEqual([
      'order',
      'page.language',
      'page.referrer',
      'page.title',
      'page.url',
    ]);
    expect(session.facts().order?.value).toBe(3);
  });

  test('takes a null in a patch as "no longer"', () => {
    const session = open();
    session.mergeClaims({ cart: 1 });
    session.mergeClaims({ cart: null });
    expect(session.facts()).toEqual({});
  });

  test('tells what is fresh, and says nothing when nothing is', () => {
    const session = open();
    const changes: unknown[] = [];
    session.on('changed', (change) => changes.push(change));
    session.mergeClaims({ cart: 1, order: 2 });
    session.mergeClaims({ cart: 1 });
    session.track('payment_failed', { reason: 'expired_card' });
    expect(changes).toEqual([{ facts: ['cart', 'order'] }, { facts: [], event: 'payment_failed' }]);
  });

  test('keeps the last fifty page events, dated back by their age', () => {
    const clock = new FakeClock();
    const session = open(clock);
    for (let index = 0; index < 60; index += 1) session.track(`event_${index}`, null, { agoMs: 100 });
    expect(session.events()).toHaveLength(50);
    expect(session.events().at(-1)).toEqual({
      name: 'event_59',
      data: null,
      observedAt: clock.epochMs() - 100,
    });
  });

  test('takes a page event that is told again once, also in another process', () => {
    const clock = new FakeClock();
    const session = open(clock);
    session.track('payment_failed', null, { id: 'first' });
    session.track('payment_failed', null, { id: 'first' });
    session.track('payment_failed', null, { id: 'second' });
    const elsewhere = open(clock);
    elsewhere.adopt(session.snapshot());
    for (const id of ['first', 'second']) elsewhere.track('payment_failed', null, { id });
    expect(elsewhere.events()).toHaveLength(2);
    session.track('payment_failed', null);
    expect(session.events()).toHaveLength(3);
  });

  test('stays bounded however many names a page invents', () => {
    const session = open();
    for (let index = 0; index < 1_000; index += 1) session.mergeClaims({ [`name_${index}`]: index });
    expect(Object.keys(session.facts()).length).toBeLessThanOrEqual(200);
  });
});
