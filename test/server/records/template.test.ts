import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillBody, fillPath, fillQuery } from '../../../server/records/template.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';

const BASE = 'https://crm.example/api';
const request = (args: JsonObject, customerId: string | null = 'cus_1') => ({
  args,
  subject: { customerId },
});

describe('a path', () => {
  test('takes values as they are', () => {
    expect(fillPath('/customers/{subject.customerId}/orders/{number}', request({ number: 10427 }))).toBe(
      '/customers/cus_1/orders/10427',
    );
    expect(fillPath('/at/{address.city}', request({ address: { city: 'São Paulo' } }))).toBe(
      '/at/S%C3%A3o%20Paulo',
    );
  });

  test.each(['..', '.', '', '%2e%2e', '%2E.'])('never climbs or vanishes with %j', (number) => {
    const fill = () => `${BASE}${fillPath('/orders/{number}/lines', request({ number }))}`;
    let url: string | null = null;
    try {
      url = new URL(fill()).href;
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONNECTOR_FAILED' });
    }
    // What is encoded twice is only a strange name.
    if (url !== null) expect(url).toMatch(/^https:\/\/crm\.example\/api\/orders\/[^/]+\/lines$/);
  });

  test('stays one segment, whatever the value is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (number) => {
        let filled: string;
        try {
          filled = fillPath('/orders/{number}/lines', request({ number }));
        } catch (error) {
          return error instanceof SegueError && error.code === 'CONNECTOR_FAILED';
        }
        const { origin, pathname, search, hash } = new URL(`${BASE}${filled}`);
        return (
          origin === 'https://crm.example' &&
          /^\/api\/orders\/[^/]+\/lines$/.test(pathname) &&
          search === '' &&
          hash === ''
        );
      }),
    );
  });

  test.each([
    ['a missing one', {}],
    ['null', { number: null }],
    ['an object', { number: { a: 1 } }],
    ['a list', { number: ['1'] }],
    ['half a character', { number: '\ud800' }],
  ])('refuses %s', (_, args) => {
    expect(() => fillPath('/orders/{number}', request(args as JsonObject))).toThrow(
      expect.objectContaining({ code: 'CONNECTOR_FAILED' }),
    );
  });

  test('does not reach what an object inherits', () => {
    expect(() => fillPath('/{constructor.name}', request({}))).toThrow(SegueError);
    expect(() => fillPath('/{subject.constructor}', request({}))).toThrow(SegueError);
  });

  test('knows no anonymous customer', () => {
    expect(() => fillPath('/customers/{subject.customerId}', request({}, null))).toThrow(SegueError);
  });
});

describe('a query', () => {
  test('encodes its values and leaves out what there is none of', () => {
    const query = { q: 'name:{name}', limit: '5', from: '{from}' };
    expect(fillQuery(query, request({ name: 'a&b=c#d' }))).toBe('q=name%3Aa%26b%3Dc%23d&limit=5');
  });
});

describe('a body', () => {
  test('keeps the kind of a value that stands alone', () => {
    const body = {
      n: '{count}',
      who: 'customer {subject.customerId}',
      where: '{address}',
      none: '{none}',
      lines: ['{a}', 1],
    };
    expect(fillBody(body, request({ count: 2, address: { city: 'Bath' }, a: true }))).toEqual({
      n: 2,
      who: 'customer cus_1',
      where: { city: 'Bath' },
      lines: [true, 1],
    });
  });
});
