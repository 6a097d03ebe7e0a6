import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseClaims } from '../../../server/context/claims.ts';
import type { SegueError } from '../../../shared/errors.ts';

const codeOf = (run: () => unknown): string | null => {
  try {
    run();
    return null;
  } catch (error) {
    return (error as SegueError).code;
  }
};

const nested = (depth: number): unknown => (depth === 0 ? 1 : { deeper: nested(depth - 1) });

describe('claims of a page', () => {
  test('are copied as plain JSON', () => {
    const claims = { cart: { items: [{ sku: 'lamp', quantity: 2 }], empty: null, gift: true } };
    const copy = parseClaims(claims);
    expect(copy).toEqual(claims);
    expect(copy.cart).not.toBe(claims.cart);
  });

  test.each([
    ['nine levels deep', nested(9)],
    ['a megabyte', { note: 'x'.repeat(1_000_000) }],
    ['ten thousand values', { list: Array.from({ length: 10_000 }, () => 1) }],
    ['a prototype key', JSON.parse('{"a":{"__proto__":{"admin":true}}}')],
    ['a constructor key', { constructor: { prototype: {} } }],
    ['a function', { run: () => 1 }],
    ['not a number', { price: Number.NaN }],
    ['an array at the top', [1]],
    ['no object', 'text'],
  ])('are refused with %s', (_, claims) => {
    expect(codeOf(() => parseClaims(claims))).toBe('CONTEXT_INVALID');
  });

  test('are allowed at the limit of depth', () => {
    expect(codeOf(() => parseClaims(nested(8)))).toBeNull();
  });

  test('of any shape are copied or refused, and never touch a prototype', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, maxDepth: 10 }), (input) => {
        const code = codeOf(() => parseClaims(input));
        expect([null, 'CONTEXT_INVALID']).toContain(code);
        expect(({} as Record<string, unknown>).admin).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });
});
