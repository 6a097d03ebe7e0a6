import { describe, expect, test } from 'vitest';
import { BadAnswer } from '../../../server/records/badAnswer.ts';
import { Breaker } from '../../../server/records/breaker.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { FakeClock } from '../../fakes/clock.ts';

const REQUEST = { operation: 'orders.find', args: {}, subject: { customerId: null } };

function breakerOver(answer: () => Promise<JsonObject>) {
  const clock = new FakeClock();
  const asked = { count: 0 };
  const states: string[] = [];
  const inner = {
    name: 'shop',
    call: () => {
      asked.count++;
      return answer();
    },
    close: async () => {},
  };
  const breaker = new Breaker(inner, { failures: 3, openMs: 10_000 }, clock);
  breaker.on('changed', (state) => states.push(state));
  const call = (signal?: AbortSignal) =>
    breaker.call({ ...REQUEST, ...(signal ? { signal } : {}) }).then(
      () => 'answer',
      (error: unknown) => SegueError.from(error).code,
    );
  return { breaker, clock, call, asked, states };
}

const out = () => Promise.reject(new SegueError('CONNECTOR_FAILED', 'no answer in time'));

describe('a breaker', () => {
  test('stops asking a system that is out, probes it later, and asks again when it is back', async () => {
    let answer: () => Promise<JsonObject> = out;
    const { breaker, clock, call, asked, states } = breakerOver(() => answer());
    for (let i = 0; i < 5; i++) expect(await call()).toBe('CONNECTOR_FAILED');
    expect(asked.count).toBe(3);
    expect(breaker.state).toBe('open');
    clock.advance(10_000);
    expect(breaker.state).toBe('halfOpen');
    await call();
    expect([asked.count, breaker.state]).toEqual([4, 'open']);
    clock.advance(10_000);
    await call();
    expect(asked.count).toBe(4);
    clock.advance(10_000);
    answer = async () => ({});
    expect(await call()).toBe('answer');
    expect(breaker.state).toBe('closed');
    expect(states).toEqual(['open', 'open', 'closed']);
  });

  test('lets one probe through at a time', async () => {
    const probe = Promise.withResolvers<JsonObject>();
    let answer: () => Promise<JsonObject> = out;
    const { clock, call, asked } = breakerOver(() => answer());
    for (let i = 0; i < 3; i++) await call();
    clock.advance(10_000);
    answer = () => probe.promise;
    const first = call();
    expect(await call()).toBe('CONNECTOR_FAILED');
    probe.resolve({});
    expect(await first).toBe('answer');
    expect(asked.count).toBe(4);
  });

  test.each([
    ['a business "no"', () => Promise.reject(new SegueError('CONNECTOR_REFUSED', 'not_found'))],
    ['a useless answer', () => Promise.reject(new BadAnswer('status 404'))],
  ])('is not opened by %s', async (_, answer) => {
    const { breaker, call } = breakerOver(answer);
    for (let i = 0; i < 10; i++) await call();
    expect(breaker.state).toBe('closed');
  });

  test('is not opened by callers who give up', async () => {
    const { breaker, call } = breakerOver(out);
    for (let i = 0; i < 10; i++) await call(AbortSignal.abort());
    expect(breaker.state).toBe('closed');
  });

  test('is not opened by outages with answers between', async () => {
    let count = 0;
    const { breaker, call } = breakerOver(() => (++count % 3 === 0 ? Promise.resolve({}) : out()));
    for (let i = 0; i < 12; i++) await call();
    expect(breaker.state).toBe('closed');
  });
});
